import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostileSection } from '../hostile/section.js';
import type { PartName } from '../options.js';
import type { Found, Measurement, Results } from '../results.js';
import { growthSection } from './growth-section.js';
import { startSection, whileRefreshingSection } from './home-sections.js';
import { readsSection } from './reads-section.js';
import { refreshSection } from './refresh-section.js';
import type { Section } from './section.js';

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

const SECTIONS: { [Name in PartName]: (found: Found[Name]) => Section } = {
  refresh: refreshSection,
  reads: readsSection,
  'while-refreshing': whileRefreshingSection,
  growth: growthSection,
  hostile: hostileSection,
  start: startSection,
};

/** The figures into docs/benchmarks.md, between the marks, and the charts beside it. */
export async function writeReport(results: Results, docs: URL): Promise<void> {
  const charts = new URL('benchmarks/', docs);
  await mkdir(charts, { recursive: true });
  const sections = (Object.keys(SECTIONS) as PartName[]).flatMap((part) => sectionOf(part, results) ?? []);
  for (const [name, svg] of sections.flatMap((section) => Object.entries(section.charts)))
    await writeFile(new URL(`${name}.svg`, charts), svg);
  const file = new URL('benchmarks.md', docs);
  const text = await readFile(file, 'utf8');
  const [head = ''] = text.split(BEGIN);
  const [, tail = ''] = text.split(END);
  const figures = [peersOf(results), ...sections.map((section) => section.text)].join('\n\n');
  await writeFile(file, `${head}${BEGIN}\n\n${figures}\n${END}${tail}`);
}

function peersOf({ refresh, reads }: Results): string {
  const peers = Object.entries((reads ?? refresh)?.peers ?? {}).map(
    ([name, version]) => `${name} ${version}`,
  );
  return peers.length === 0 ? '' : `Peers: ${peers.join(', ')}.`;
}

/** Undefined for what has not been measured yet. */
function sectionOf<Name extends PartName>(part: Name, results: Results): Section | undefined {
  const measured: Measurement<Name> | undefined = results[part];
  if (!measured) return undefined;
  const { text, charts } = SECTIONS[part](measured.found);
  return { text: `${text}\n\n${circumstancesOf(measured)}`, charts };
}

function circumstancesOf(measured: Measurement<PartName>): string {
  const { date, mode, commit, machine, loadBefore, loadAfter } = measured;
  const of = commit === null ? '' : `, commit ${commit}`;
  return `*${date.slice(0, 16).replace('T', ' ')} UTC, ${mode} run${of}. ${machine.join('; ')}. Load of the machine before: ${loadBefore}, after: ${loadAfter}.*`;
}
