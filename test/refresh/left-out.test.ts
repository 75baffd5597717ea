import { describe, expect, test } from 'vitest';
import { GdpMethod } from '../../src/countries/gdp.js';
import { SourceUnavailableError } from '../../src/errors.js';
import { merge } from '../../src/refresh/merge.js';
import type { Merged, Stored } from '../../src/refresh/model.js';
import type { CountryRecord, SourceAnswer } from '../../src/sources/source.js';
import { countriesSources, gdpSource, ratesSources } from '../../src/sources/sources.js';
import { ask, withUpstream } from '../sources/with-upstream.js';
import * as faults from '../upstream/faults.js';
import { API_KEY } from '../upstream/upstream.js';

const { upstream, http } = await withUpstream();
const options = { now: new Date('2026-10-01T12:00:00Z'), gdpMethod: GdpMethod.PER_CAPITA, random: () => 0.5 };

type Json = Record<string, unknown>;

/** What a source may send in place of a field that it leaves out; undefined is not sent at all. */
const NOTHING = [undefined, '', [], {}];

describe.each(Object.values(countriesSources))('a field that $name leaves out of all countries', (source) => {
  const fetchCountries = () => source.fetch(ask(http, upstream.urls[source.name as 'csc'], { apiKey: API_KEY }));
  const edit = (change: (item: Json) => unknown) =>
    upstream.answer(
      source.name as 'csc',
      faults.edited((body) => {
        if (Array.isArray(body)) return body.map(change);
        const { data } = body as { data: { objects: Json[] } };
        return { data: { ...data, objects: data.objects.map(change) } };
      }),
    );

  test('wipes nothing', async () => {
    const others = { rates: await rates(), gdp: await gdp(), warnings: [] };
    const first = merge({ countries: await fetchCountries(), ...others }, nothing(), options);
    const currencies = new Map(first.currencies.map((row) => [row.code, row]));
    const keys = await topLevelKeys(fetchCountries, edit);
    const outcomes: string[] = [];
    for (const key of keys) {
      for (const value of NOTHING) {
        edit((item) => ({ ...item, [key]: value }));
        const countries = await fetchCountries().catch(asSourceError);
        if (countries === null) {
          outcomes.push(key);
          continue;
        }
        const again = merge({ countries, ...others }, storing(first), options);
        expect({ key, value, rows: again.countries }).toEqual({ key, value, rows: first.countries });
        expect({ key, value, links: again.links }).toEqual({ key, value, links: first.links });
        expect({ key, value, removed: again.removedLinks }).toEqual({ key, value, removed: [] });
        expect(again.currencies).toEqual(again.currencies.map(({ code }) => currencies.get(code)));
      }
    }
    // Only what identifies a country fails the refresh.
    for (const key of outcomes) expect(key).toMatch(/^(codes?|names?|iso[23]|cca[23]|alpha[23]Code)$/);
    expect(keys.length).toBeGreaterThan(8);
  });
});

/** The fields of a record, as the source sends it. */
async function topLevelKeys(fetchOnce: () => Promise<unknown>, edit: (change: (item: Json) => unknown) => void) {
  const keys = new Set<string>();
  edit((item) => {
    for (const key of Object.keys(item)) keys.add(key);
    return item;
  });
  await fetchOnce();
  return [...keys];
}

const rates = () => ratesSources['currency-api'].fetch(ask(http, upstream.urls['currency-api']));
const gdp = () => gdpSource.fetch(ask(http, upstream.urls['world-bank']));

function asSourceError(error: unknown): SourceAnswer<CountryRecord> | null {
  if (error instanceof SourceUnavailableError) return null;
  throw error;
}

function nothing(): Stored {
  const none = { countries: new Map(), currencies: new Map(), rates: new Map(), quarantined: new Map() };
  return { ...none, links: [], excluded: new Set(), sources: [], refreshedAt: null };
}

function storing({ countries, currencies, links, rates: rows }: Merged): Stored {
  return {
    ...nothing(),
    countries: new Map(countries.map((row) => [row.code, row])),
    currencies: new Map(currencies.map((row) => [row.code, row])),
    links,
    rates: new Map(rows.map((row) => [row.currency_code, row])),
  };
}
