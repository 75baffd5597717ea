import { stringify } from 'csv-stringify/sync';
import type { SnapshotCache, Snapshots } from '../countries/snapshot-cache.js';
import { dataLicence } from '../provenance/data-source.js';
import type { DataSource } from '../provenance/provenance.type.js';
import { VERSION } from '../runtime.js';

export type Cell = string | number | boolean | null | readonly string[];
export type Row = readonly Cell[];

/** A table to download. */
export interface DataFile {
  /** Without an extension. */
  name: string;
  columns: readonly string[];
  /** The rows; a part is read once the client has taken the one before it. */
  parts: AsyncIterable<readonly Row[]>;
  /** The sources behind the rows, known before the first row. */
  sources: readonly DataSource[];
}

/** A file whose first rows have been read, so that errors show before the response begins. */
export interface BegunFile {
  file: DataFile;
  etag: string;
  first: IteratorResult<readonly Row[]>;
  rest: AsyncIterator<readonly Row[]>;
}

/** The data were changed while a file of them was read. */
export class DataChangedError extends Error {
  override readonly name = 'DataChangedError';
}

/** Begins again while the data change under it. */
export async function beginFile(
  cache: SnapshotCache,
  open: (snapshots: Snapshots) => Promise<DataFile>,
  isOver: () => boolean,
): Promise<BegunFile> {
  for (;;) {
    const snapshots = cache.pinned();
    try {
      const file = await open(snapshots);
      const rest = file.parts[Symbol.asyncIterator]();
      return { file, etag: await etagOf(snapshots), first: await rest.next(), rest };
    } catch (error) {
      if (!(error instanceof DataChangedError) || isOver()) throw error;
    }
  }
}

/**
 * Weak, because the encodings of a file share it. The version alone would not do: another database, used in place of the
 * first, has the same numbers. There is no Last-Modified, because data also change without a refresh.
 */
async function etagOf(snapshots: Snapshots): Promise<string> {
  const { version, countries } = await snapshots.current();
  const refreshedAt = Math.max(0, ...countries.map(({ lastRefreshedAt }) => Date.parse(lastRefreshedAt)));
  return `W/"${VERSION}-${refreshedAt.toString(36)}-${version}"`;
}

export const FORMATS = {
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', write: writeCsv },
  json: { mediaType: 'application/json; charset=utf-8', write: writeJson },
} as const;

/** RFC 4180. The last rows hold the attributions, in the first column and with a # before them. */
async function* writeCsv({ columns, sources }: DataFile, parts: AsyncIterable<readonly Row[]>) {
  // Excel takes UTF-8 without a byte order mark for another encoding.
  yield stringify([columns], { ...CSV, bom: true });
  for await (const rows of parts) yield stringify(rows.map(toRecord), CSV);
  const padding = columns.slice(1).map(() => null);
  yield stringify(
    attributions(sources).map((line) => [`# ${line}`, ...padding]),
    CSV,
  );
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
const CSV = { escape_formulas: true, record_delimiter: 'windows' } as const;

function toRecord(row: Row) {
  return row.map((cell: Cell) => {
    if (typeof cell === 'boolean') return String(cell);
    return typeof cell === 'object' && cell !== null ? cell.join('|') : cell;
  });
}

/** One object with all rows, a row on a line. */
async function* writeJson({ columns, sources }: DataFile, parts: AsyncIterable<readonly Row[]>) {
  let separator = '{"rows":[\n';
  for await (const rows of parts) {
    const lines = rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]]))));
    if (lines.length === 0) continue;
    yield separator + lines.join(',\n');
    separator = ',\n';
  }
  const start = separator === ',\n' ? '' : separator;
  yield `${start}\n],\n"sources":${JSON.stringify(sources)},\n"licence":${JSON.stringify(dataLicence(sources))}}\n`;
}

/** What has to be shown with the data. */
export function attributions(sources: readonly DataSource[]): string[] {
  const credits = sources.map(({ attribution, licence, licenceUrl }) => {
    return `Source: ${attribution}; licence: ${[licence, licenceUrl].filter(Boolean).join(', ')}`;
  });
  const notice = dataLicence(sources)?.notice;
  return [...new Set(credits), ...(notice ? [`Licence: ${notice}`] : [])];
}
