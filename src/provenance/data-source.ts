import { BUNDLED, BUNDLED_FROM, type Credit, creditOf, Figures, LICENCE_URLS, type NamedCredit } from './credits.js';
// Types only: a refresh loads this file, and no GraphQL.
import type { DataLicence, DataSource } from './provenance.type.js';

/** Where one served figure came from. */
export interface ServedFigure {
  figures: Figures;
  /** The value of the `source` column. */
  source: string;
  /** The days of its observation. */
  from: string | null;
  to: string | null;
}

/** The sources behind what is served, by figures and the value of the `source` column. */
export type ServedSources = ReadonlyMap<string, DataSource>;

/** Ordered by kind of figures, then by how many each source has. */
export function servedSources(served: readonly ServedFigure[], reference: readonly NamedCredit[]): ServedSources {
  const sources = new Map<string, DataSource>();
  for (const { figures, source, from, to } of served) {
    const key = `${figures} ${source}`;
    const known = sources.get(key) ?? unserved(figures, source, reference);
    known.count += 1;
    known.observedFrom = extreme(known.observedFrom, from, (a, b) => a < b);
    known.observedTo = extreme(known.observedTo, to, (a, b) => a > b);
    sources.set(key, known);
  }
  const order = Object.values(Figures);
  const rank = (it: DataSource) => order.indexOf(it.figures);
  return new Map([...sources].sort(([, a], [, b]) => rank(a) - rank(b) || b.count - a.count));
}

/** `count` is 0 for a source of past rates only. */
export function sourceOf(served: ServedSources, figures: Figures, source: string): DataSource {
  return served.get(`${figures} ${source}`) ?? unserved(figures, source);
}

function unserved(figures: Figures, source: string, reference: readonly NamedCredit[] = []): DataSource {
  const bundled = source === BUNDLED || figures === Figures.REFERENCE;
  const name = source === BUNDLED ? (BUNDLED_FROM[figures] ?? source) : source;
  const credit = (figures === Figures.REFERENCE && reference.find((it) => it.name === name)) || creditOf(name);
  const { licence, attribution, shareAlike, redistributable }: Credit = credit;
  return {
    name,
    figures,
    bundled,
    count: 0,
    observedFrom: null,
    observedTo: null,
    licence,
    licenceUrl: LICENCE_URLS[licence] ?? null,
    attribution,
    shareAlike: shareAlike ?? false,
    redistributable: redistributable ?? true,
  };
}

function extreme(a: string | null, b: string | null, isFirst: (a: string, b: string) => boolean): string | null {
  if (a === null || b === null) return a ?? b;
  return isFirst(a, b) ? a : b;
}

/**
 * Whether most countries or most of the latest rates are those of the data set that comes with the project. A few may
 * stay for good, such as the rate of a withdrawn currency. GDP figures are years old by nature, bundled or not.
 */
export function isMostlyBundled(served: ServedSources): boolean {
  return [Figures.COUNTRIES, Figures.RATES].some((figures) => {
    const sources = [...served.values()].filter((it) => it.figures === figures);
    const total = sources.reduce((sum, { count }) => sum + count, 0);
    return sources.some(({ bundled, count }) => bundled && count > total / 2);
  });
}

/** The licence of all figures as one database. Null when none of them requires one. */
export function dataLicence(sources: readonly DataSource[]): DataLicence | null {
  const shared = sources.filter(({ shareAlike }) => shareAlike).map(({ attribution }) => attribution);
  if (shared.length === 0) return null;
  const id = 'ODbL-1.0';
  return {
    id,
    url: LICENCE_URLS[id] as string,
    redistributable: sources.every(({ redistributable }) => redistributable),
    notice:
      `Contains information from ${[...new Set(shared)].join('; ')}, which is made available here under the Open ` +
      'Database License (ODbL) 1.0. Databases that are made from it stay under this licence.',
  };
}
