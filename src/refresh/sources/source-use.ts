import type { Source, SourceUse } from './source.js';

export function useOf(source: Source<unknown>, url: string, observedAt: string | null): SourceUse {
  const { name, licence, attribution } = source;
  return { source: name, url, observedAt, licence, attribution, bundled: false };
}

/** The name of the data set that comes with the project. */
export const BUNDLED = 'bundled';

/** What the `source` columns say: rows of the data set that comes with the project are told from live ones by it. */
export function storedSource({ source, bundled }: SourceUse): string {
  return bundled ? BUNDLED : source;
}
