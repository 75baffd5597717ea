import type { Source, SourceUse } from './source.js';

export function useOf(source: Source<unknown>, url: string, observedAt: string | null): SourceUse {
  const { name, licence, attribution } = source;
  return { source: name, url, observedAt, licence, attribution, bundled: false };
}
