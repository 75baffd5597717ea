import type { SnapshotCache, Snapshots } from '../countries/snapshot-cache.js';
import type { DataSource } from '../provenance/provenance.type.js';
import { VERSION } from '../runtime.js';

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

/** A file whose first rows have been read: what prevents it is known before the response begins. */
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
 * Weak, because the encodings of a file share it. The version alone would not do: another database, put in the place of
 * the first, has the same numbers. There is no Last-Modified, because data also change without a refresh.
 */
async function etagOf(snapshots: Snapshots): Promise<string> {
  const { version, countries } = await snapshots.current();
  const refreshedAt = Math.max(0, ...countries.map(({ lastRefreshedAt }) => Date.parse(lastRefreshedAt)));
  return `W/"${VERSION}-${refreshedAt.toString(36)}-${version}"`;
}
