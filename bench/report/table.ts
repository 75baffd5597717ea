import type { Measured } from '../lib/rounds.js';

/** From the least to the most. */
export function span({ min, max }: Measured, write: (value: number) => string = count): string {
  return `${write(min)} to ${write(max)}`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function fixed(value: number): string {
  return value >= 100 ? count(value) : value.toFixed(2);
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
