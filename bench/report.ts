import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostileSection } from './hostile/section.js';
import { barChart, lineChart } from './lib/chart.js';
import type { Measured } from './lib/rounds.js';
import { BYTES, COLD, HOT, JIT_MEMORY, NO_JIT_SQLITE } from './reads/contenders.js';
import type { Kind, ReadResult } from './reads/reads.js';
import { OURS } from './refresh/at-distance.js';
import type { DistanceResult, Results } from './results.js';

const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of figures -->';

/** The figures into docs/benchmarks.md, between the marks, and the charts beside it. */
export async function writeReport(results: Results, docs: URL): Promise<void> {
  const charts = new URL('benchmarks/', docs);
  await mkdir(charts, { recursive: true });
  for (const [name, svg] of Object.entries(chartsOf(results)))
    await writeFile(new URL(`${name}.svg`, charts), svg);
  const file = new URL('benchmarks.md', docs);
  const text = await readFile(file, 'utf8');
  const [head = ''] = text.split(BEGIN);
  const [, tail = ''] = text.split(END);
  await writeFile(file, `${head}${BEGIN}\n\n${figures(results)}\n${END}${tail}`);
}

function figures(results: Results): string {
  const peers = Object.entries(results.peers)
    .filter(([name]) => !name.startsWith('@types/'))
    .map(([name, version]) => `${name} ${version}`);
  return [
    `Run of ${results.date.slice(0, 10)} (${results.mode}): ${results.machine.join('; ')}. ${peers.join(', ')}.`,
    ...results.distance.map(distanceSection),
    readSection('A list of 250 countries with nine fields', 'reads-list', results.reads.list),
    readSection('One country by its code, nine fields', 'reads-one', results.reads.one),
    homeSection(results),
    growthSection(results),
    hostileSection(results.hostile),
  ].join('\n\n');
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

function homeSection({ start, whileRefreshing: { quietP99Ms, refreshingP99Ms } }: Results): string {
  const ratio = refreshingP99Ms.median / quietP99Ms.median;
  return `### Start, rest, and queries while refreshing

${table(
  ['', 'median', 'least to most'],
  [
    ['start to the first answer, ms', count(start.wallMs.median), span(start.wallMs)],
    ['of it CPU time, ms', count(start.cpuMs.median), span(start.cpuMs)],
    ['memory a second later, MB', count(start.restMb.median), span(start.restMb)],
    ['p99 of a query, quiet, ms', fixed(quietP99Ms.median), span(quietP99Ms, fixed)],
    ['p99 of a query while refreshing, ms', fixed(refreshingP99Ms.median), span(refreshingP99Ms, fixed)],
    ['ratio of the two', fixed(ratio), ''],
  ],
)}`;
}

function growthSection({ growth }: Results): string {
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
  return `### Growth

![](benchmarks/growth.svg)

${table(heads, rows)}`;
}

function chartsOf({ distance, reads, growth }: Results): Record<string, string> {
  const charts: Record<string, string> = {};
  for (const result of distance) charts[`refresh-${result.roundTripMs}`] = distanceChart(result);
  for (const kind of ['list', 'one'] as const) charts[`reads-${kind}`] = readChart(kind, reads[kind]);
  const lines = growth.map(({ database, points }) => ({
    label: `${database}, write`,
    points: points.map(({ rows, writeMs }) => [rows, writeMs] as const),
  }));
  charts.growth = lineChart('Writing rates: time by number of rows', lines, 'rows', 'ms');
  return charts;
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

function isOurs(name: string): boolean {
  return name.startsWith(OURS);
}

function mark(name: string): string {
  return isOurs(name) ? `**${name}**` : name;
}

function times(ms: Measured, limitMs: number): string {
  return `${fixed(ms.median / limitMs)} (${fixed(ms.min / limitMs)} to ${fixed(ms.max / limitMs)})`;
}

function span({ min, max }: Measured, write: (value: number) => string = count): string {
  return `${write(min)} to ${write(max)}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function fixed(value: number): string {
  return value >= 100 ? count(value) : value.toFixed(2);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
