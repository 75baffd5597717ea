import { barChart } from '../lib/chart.js';
import { type Measured, summarise } from '../lib/rounds.js';
import {
  APOLLO_SQLITE,
  BYTES,
  COLD,
  HOT,
  HOT_EACH,
  JIT_MEMORY,
  NO_JIT_SQLITE,
  TREVORBLADES,
  YOGA_SQLITE,
} from '../reads/contenders.js';
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
  const rows = results
    .toSorted((a, b) => a.cpuUs.median - b.cpuUs.median)
    .map(({ name, cpuUs, perSecond }) => [
      mark(name),
      `${count(cpuUs.median)} (${count(cpuUs.min)} to ${count(cpuUs.max)})`,
      fixed(ratio(results, name, JIT_MEMORY).median),
      count(perSecond.median),
    ]);
  return `### ${title}

![](benchmarks/${chart}.svg)

${table(['', 'CPU time, us a request', 'x Mercurius with jit', 'requests a second'], rows)}

${claims(results)}`;
}

/** The ratios that the project has set itself, as they came out; by CPU time, which the load of the machine moves least. */
function claims(results: readonly ReadResult[]): string {
  const claims: [string, string, string][] = [
    ['hot to Mercurius with jit', HOT, JIT_MEMORY],
    ['hot to bare node:http', HOT, BYTES],
    ['hot, no two requests alike, to Mercurius with jit', HOT_EACH, JIT_MEMORY],
    ['hot, no two requests alike, to bare node:http', HOT_EACH, BYTES],
    ['cold to Mercurius reading the same', COLD, NO_JIT_SQLITE],
    ['cold to graphql-yoga reading the same', COLD, YOGA_SQLITE],
    ['cold to Apollo + Express reading the same', COLD, APOLLO_SQLITE],
    ['cold to trevorblades/countries', COLD, TREVORBLADES],
  ];
  return claims
    .map(([claim, name, to]) => {
      const { median, min, max } = ratio(results, name, to);
      return `- ${claim}: ${fixed(median)} (${fixed(min)} to ${fixed(max)})`;
    })
    .join('\n');
}

/** How many times as fast, turn by turn. */
function ratio(results: readonly ReadResult[], name: string, to: string): Measured {
  const [own, other] = [name, to].map(
    (which) => results.find((result) => result.name === which)?.cpuUsOfTurns,
  );
  return summarise((own ?? []).map((cpuUs, turn) => (other?.[turn] ?? Number.NaN) / cpuUs));
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
