import type { Growth } from '../growth.js';
import { lineChart } from '../lib/chart.js';
import type { Section } from './section.js';
import { count, fixed, table } from './table.js';

export function growthSection(growth: readonly Growth[]): Section {
  const rows = growth.flatMap(({ database, points }) =>
    points.map(({ rows: size, writeMs, memoryMb, historyMs }) => [
      database,
      count(size),
      count(writeMs),
      fixed((writeMs * 1000) / size),
      count(memoryMb),
      fixed(historyMs),
    ]),
  );
  const heads = [
    '',
    'rows',
    'write, ms',
    'us a row',
    'memory above the start, MB',
    'a year of one currency, ms',
  ];
  const text = `### Growth

![](benchmarks/growth.svg)

${table(heads, rows)}`;
  return { text, charts: { growth: growthChart(growth) } };
}

function growthChart(growth: readonly Growth[]): string {
  const lines = growth.map(({ database, points }) => ({
    label: `${database}, write`,
    points: points.map(({ rows, writeMs }) => [rows, writeMs] as const),
  }));
  return lineChart('Writing rates: time by number of rows', lines, 'rows', 'ms');
}
