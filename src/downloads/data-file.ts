import type { DataSource } from '../provenance/provenance.type.js';

export type Cell = string | number | boolean | null | readonly string[];
export type Row = readonly Cell[];

/** A table to download. */
export interface DataFile {
  /** Without an extension. */
  name: string;
  columns: readonly string[];
  /** The rows, of which a part is read when the client has taken those before it. */
  parts: AsyncIterable<readonly Row[]>;
  /** Those behind the rows, known before the first row. */
  sources: readonly DataSource[];
}

/** The columns of a table, and what each of them shows of an item. */
export type Columns<T> = Readonly<Record<string, (item: T) => Cell>>;

export function toRows<T>(columns: Columns<T>, items: readonly T[]): Row[] {
  const cells = Object.values(columns);
  return items.map((item) => cells.map((cell) => cell(item)));
}

export async function* inOnePart(rows: readonly Row[]) {
  yield rows;
}

/** The data were changed while a file of them was read. */
export class DataChangedError extends Error {
  override readonly name = 'DataChangedError';
}
