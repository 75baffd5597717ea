import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { growthPart } from './growth.js';
import { hostilePart } from './hostile/hostile.js';
import { startBenchDatabase } from './lib/database.js';
import { type Circumstances, circumstances, loadNow } from './lib/machine.js';
import { newQueriesPart } from './new-queries.js';
import { pagePart } from './page.js';
import { type Mode, PART_NAMES, type Part, type PartName, PLANS, type Setting } from './part.js';
import { readsPart } from './reads/reads.js';
import { refreshPart } from './refresh/refresh.js';
import { floorTable, isReached, sectionChart, sectionText } from './report.js';
import { startPart } from './start.js';
import { whileRefreshingPart } from './while-refreshing.js';

const PARTS = {
  refresh: refreshPart,
  'new-queries': newQueriesPart,
  reads: readsPart,
  'while-refreshing': whileRefreshingPart,
  growth: growthPart,
  hostile: hostilePart,
  start: startPart,
  page: pagePart,
} as Record<PartName, Part<unknown>>;

/** What a part has found, and how, when and on what. */
interface Measurement extends Circumstances {
  mode: Mode;
  found: unknown;
}

/** The last measurement of each part; they need not be from one run. */
type Measurements = { [Name in PartName]?: Measurement };

export interface Options {
  mode: Mode;
  parts: readonly PartName[];
  /** How long each attack of the hostile part lasts. */
  minutes: number | undefined;
}

/** Runs one part after the other. What a part has found is kept even if a later one fails. */
export async function bench({ mode, parts, minutes }: Options, say: Setting['say']): Promise<void> {
  const database = await startBenchDatabase();
  if (!database) say('no MariaDB or MySQL is installed: what needs one is left out');
  const plan = { ...PLANS[mode], ...(minutes !== undefined && { hostileMinutes: minutes }) };
  const measurements: Measurements = {};
  try {
    for (const part of parts) {
      const loadBefore = loadNow();
      say(`${part}: load of the machine ${loadBefore.text}${loadBefore.isBusy ? ', too busy to measure' : ''}`);
      const begun = performance.now();
      const found = await PARTS[part].measure({ plan, database, say });
      say(`  done after ${Math.round((performance.now() - begun) / 1000)} s`);
      measurements[part] = { mode, ...circumstances(database?.version, loadBefore.text), found };
      if (mode !== 'smoke') await keep({ ...(await readResults()), [part]: measurements[part] });
    }
  } finally {
    await database?.stop();
  }
  const all = report(measurements);
  say(mode === 'smoke' ? all.page : `\n${floorTable(all.floors)}`);
}

const RESULTS = new URL('../docs/benchmarks/results.json', import.meta.url);
const PAGE = new URL('../docs/benchmarks.md', import.meta.url);
const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

async function readResults(): Promise<Measurements> {
  const text = await readFile(RESULTS, 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { parts?: Measurements }).parts ?? {};
}

/** Writes results.json with the charts next to it, and the figures between the marks in docs/benchmarks.md. */
async function keep(parts: Measurements): Promise<void> {
  const { page, charts, floors } = report(parts);
  const judged = floors.map((it) => ({ ...it, reached: isReached(it) }));
  await mkdir(new URL('.', RESULTS), { recursive: true });
  await writeFile(RESULTS, `${JSON.stringify({ floors: judged, parts }, null, 2)}\n`);
  for (const { file, svg } of charts) await writeFile(new URL(`${file}.svg`, RESULTS), svg);
  const old = await readFile(PAGE, 'utf8');
  const [head = ''] = old.split(BEGIN);
  const [, tail = ''] = old.split(END);
  await writeFile(PAGE, `${head}${BEGIN}\n\n${page}\n${END}${tail}`);
}

function report(measurements: Measurements) {
  const measured = PART_NAMES.flatMap((name) => {
    const measurement = measurements[name];
    if (!measurement) return [];
    const { found } = measurement;
    return { measurement, sections: PARTS[name].sections(found), floors: PARTS[name].floors(found) };
  });
  const floors = measured.flatMap((it) => it.floors);
  const peers = Object.entries(measured[0]?.measurement.peers ?? {}).map((peer) => peer.join(' '));
  const texts = measured.flatMap((it) => [...it.sections.map(sectionText), circumstancesText(it.measurement)]);
  return {
    floors,
    page: [`Peers: ${peers.join(', ')}.`, ...texts, '### The floors', floorTable(floors)].join('\n\n'),
    charts: measured.flatMap(({ sections }) => sections.flatMap((it) => sectionChart(it) ?? [])),
  };
}

function circumstancesText({ date, mode, commit, machine, loadBefore, loadAfter }: Measurement): string {
  const of = commit === null ? '' : `, commit ${commit}`;
  return `*${date.slice(0, 16).replace('T', ' ')} UTC, ${mode} run${of}. ${machine.join('; ')}. Load of the machine before: ${loadBefore}, after: ${loadAfter}.*`;
}
