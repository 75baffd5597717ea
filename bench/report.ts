import { barChart } from './lib/chart.js';
import type { Measured } from './lib/statistics.js';
import { type Cell, type Floor, isOurs, type Section } from './part.js';

export function sectionText({ title, intro, chart, heads, rows, notes = [] }: Section): string {
  const noteLines = notes.map(([what, figure]) => `- ${what}: ${text(figure)}`).join('\n');
  return [
    `### ${title}`,
    intro,
    chart && `![](benchmarks/${chart.file}.svg)`,
    table(
      heads,
      rows.map(([name = '', ...cells]) => [marked(text(name)), ...cells.map(text)]),
    ),
    noteLines,
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function sectionChart({ chart, rows }: Section): { file: string; svg: string } | undefined {
  if (!chart) return undefined;
  const bars = rows.map((row) => {
    const cell = row[chart.column] ?? 0;
    const value = Number(typeof cell === 'object' ? cell.median : cell);
    return { label: text(row[0] ?? ''), value, text: fixed(value) };
  });
  return { file: chart.file, svg: barChart(`${chart.title} (logarithmic)`, bars) };
}

export function floorTable(floors: readonly Floor[]): string {
  const reached = floors.filter(isReached);
  const rows = floors.map((it) => [
    it.what,
    `${it.is} ${it.floor}`,
    fixed(it.figure),
    isReached(it) ? 'reached' : '**not reached**',
  ]);
  const all = `${reached.length} of ${floors.length} floors are reached.`;
  return `${table(['what', 'floor', 'figure', ''], rows)}\n\n${all}`;
}

export function isReached({ is, floor, figure }: Floor): boolean {
  return is === 'at least' ? figure >= floor : figure <= floor;
}

function text(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' ? fixed(cell) : measuredText(cell);
}

function measuredText({ median, min, max }: Measured): string {
  return `${fixed(median)} (${fixed(min)} to ${fixed(max)})`;
}

function fixed(value: number): string {
  if (Number.isInteger(value) || value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(2);
}

function marked(name: string): string {
  return isOurs(name) ? `**${name}**` : name;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
