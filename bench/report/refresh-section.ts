import { barChart } from '../lib/chart.js';
import type { Measured } from '../lib/rounds.js';
import type { DistanceResult } from '../refresh/at-distance.js';
import { isOurs, mark } from './ours.js';
import type { Section } from './section.js';
import { count, fixed, table } from './table.js';

export function refreshSection(distances: readonly DistanceResult[]): Section {
  return {
    text: distances.map(distanceSection).join('\n\n'),
    charts: Object.fromEntries(
      distances.map((distance) => [`refresh-${distance.roundTripMs}`, distanceChart(distance)]),
    ),
  };
}

function distanceSection({ roundTripMs, slowestSourceMs, results, estimated }: DistanceResult): string {
  const limitMs = slowestSourceMs + roundTripMs;
  const rows = [
    ...results.map(([name, ms]) => ({
      name,
      ratio: ms.median / limitMs,
      cells: [count(ms.median), times(ms, limitMs)],
    })),
    ...estimated.map(([name, ms]) => ({
      name,
      ratio: ms / limitMs,
      cells: [`~${count(ms)}`, `~${fixed(ms / limitMs)}`],
    })),
  ].toSorted((a, b) => a.ratio - b.ratio);
  return `### A refresh with the database ${roundTripMs} ms away

The limit is ${count(limitMs)} ms: the slowest source (${count(slowestSourceMs)}) and one round trip.

![](benchmarks/refresh-${roundTripMs}.svg)

${table(
  ['', 'ms', 'x the limit (least to most)'],
  rows.map(({ name, cells }) => [mark(name), ...cells]),
)}`;
}

function distanceChart({ roundTripMs, slowestSourceMs, results, estimated }: DistanceResult): string {
  const limitMs = slowestSourceMs + roundTripMs;
  const bars = [
    ...results.map(([label, { median }]) => ({
      label,
      value: median / limitMs,
      text: `${fixed(median / limitMs)} x`,
    })),
    ...estimated.map(([label, ms]) => ({ label, value: ms / limitMs, text: `~${fixed(ms / limitMs)} x` })),
  ]
    .map((bar) => ({ ...bar, isOurs: isOurs(bar.label) }))
    .toSorted((a, b) => a.value - b.value);
  return barChart(`Whole refresh, database ${roundTripMs} ms away, x the limit (logarithmic)`, bars, true);
}

function times(ms: Measured, limitMs: number): string {
  return `${fixed(ms.median / limitMs)} (${fixed(ms.min / limitMs)} to ${fixed(ms.max / limitMs)})`;
}
