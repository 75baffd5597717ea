import type { Measured } from '../lib/rounds.js';
import type { Start } from '../start.js';
import type { WhileRefreshing } from '../while-refreshing.js';
import type { Section } from './section.js';
import { count, fixed, span, table } from './table.js';

export function startSection({ wallMs, cpuMs, secondMb, restMb }: Start): Section {
  const row = (what: string, it: Measured) => [what, count(it.median), span(it)];
  const text = `### Start and rest

${table(
  ['', 'median', 'least to most'],
  [
    row('start to the first answer, ms', wallMs),
    row('of it CPU time, ms', cpuMs),
    row('memory a second later, MB', secondMb),
    row('memory at rest, after a minute without a query (20 s in a quick run), MB', restMb),
  ],
)}`;
  return { text, charts: {} };
}

export function whileRefreshingSection(found: WhileRefreshing): Section {
  const { quiet, refreshing, ratio, cpuMsPerRefresh } = found;
  const both = (what: string, name: keyof typeof quiet) => [
    what,
    `${fixed(quiet[name].median)} (${span(quiet[name], fixed)})`,
    `${fixed(refreshing[name].median)} (${span(refreshing[name], fixed)})`,
  ];
  const text = `### Queries while refreshing

${table(
  ['', 'quiet (least to most)', 'one refresh a second'],
  [
    both('half of the queries answered within, ms', 'p50Ms'),
    both('99 % within, ms', 'p99Ms'),
    both('all within, ms', 'maxMs'),
    both("the server's event loop comes late by, 99 %, ms", 'loopP99Ms'),
    both('the most, ms', 'loopMaxMs'),
    both('most CPU time between two turns of it, ms', 'longestTurnMs'),
  ],
)}

- 99th percentile while refreshing to the quiet one: ${fixed(ratio.median)} (${span(ratio, fixed)})
- CPU time of a refresh in the server's process: ${count(cpuMsPerRefresh.median)} ms (${span(cpuMsPerRefresh)})`;
  return { text, charts: {} };
}
