import { barChart } from '../lib/chart.js';
import { BYTES, COLD, HOT, JIT_MEMORY, NO_JIT_SQLITE } from '../reads/contenders.js';
import type { Kind, ReadResult } from '../reads/reads.js';
import { isOurs, mark } from './ours.js';
import type { Section } from './section.js';
import { count, fixed, table } from './table.js';

export function readsSection({ list, one }: Record<Kind, ReadResult[]>): Section {
  return {
    text: [
      readSection('A list of 250 countries with nine fields', 'reads-list', list),
      readSection('One country by its code, nine fields', 'reads-one', one),
    ].join('\n\n'),
    charts: { 'reads-list': readChart('list', list), 'reads-one': readChart('one', one) },
  };
}

function readSection(title: string, chart: string, results: readonly ReadResult[]): string {
  const base = cpu(results, JIT_MEMORY);
  const rows = results
    .toSorted((a, b) => a.cpuUs.median - b.cpuUs.median)
    .map(({ name, cpuUs, perSecond }) => [
      mark(name),
      `${count(cpuUs.median)} (${count(cpuUs.min)} to ${count(cpuUs.max)})`,
      fixed(base / cpuUs.median),
      count(perSecond.median),
    ]);
  return `### ${title}

![](benchmarks/${chart}.svg)

${table(['', 'CPU time, us a request', 'x Mercurius with jit', 'requests a second'], rows)}

${claims(results)}`;
}

/** The ratios that the project has set itself, as they came out; by CPU time, which the load of the machine moves least. */
function claims(results: readonly ReadResult[]): string {
  const ratio = (name: string, to: string) => fixed(cpu(results, to) / cpu(results, name));
  return [
    `hot to Mercurius with jit: ${ratio(HOT, JIT_MEMORY)}`,
    `hot to bare node:http: ${ratio(HOT, BYTES)}`,
    `cold to Mercurius reading the same: ${ratio(COLD, NO_JIT_SQLITE)}`,
  ]
    .map((claim) => `- ${claim}`)
    .join('\n');
}

function readChart(kind: Kind, results: readonly ReadResult[]): string {
  const bars = results
    .map(({ name, cpuUs: { median } }) => ({
      label: name,
      value: median,
      text: `${count(median)} us`,
      isOurs: isOurs(name),
    }))
    .toSorted((a, b) => a.value - b.value);
  const what = kind === 'list' ? '250 countries' : 'one country';
  return barChart(`CPU time of a request, ${what} (logarithmic)`, bars, true);
}

function cpu(results: readonly ReadResult[], name: string): number {
  return results.find((result) => result.name === name)?.cpuUs.median ?? Number.NaN;
}
