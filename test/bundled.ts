import { GdpMethod } from '../src/countries/gdp.js';
import type { Database } from '../src/db/database.js';
import { merge } from '../src/refresh/merge.js';
import type { Merged, Stored } from '../src/refresh/model.js';
import type { CountryRecord } from '../src/sources/source.js';
import { bundled } from '../src/sources/sources.js';

/** Fills the database with the bundled data set, or with what a test made of it, without the report of a refresh. */
export async function bundledDatabase(
  database: Database,
  data: Pick<Merged, 'countries' | 'currencies' | 'links' | 'rates'> | Promise<Merged> = bundledRows(),
): Promise<void> {
  const { countries, currencies, links, rates } = await data;
  await database.writeAtomically([
    ...database.upsert('currencies', currencies, ['code'], 100),
    ...database.upsert('countries', countries, ['code'], 100),
    ...database.upsert('country_currencies', links, ['country_code', 'currency_code'], 100),
    ...database.upsert('exchange_rates', rates, ['currency_code', 'observed_on'], 100),
  ]);
}

const NOTHING: Stored = {
  countries: new Map(),
  currencies: new Map(),
  links: [],
  rates: new Map(),
  quarantined: new Map(),
  excluded: new Set(),
  sources: [],
  refreshedAt: null,
};

/** The rows that a first refresh makes of the bundled data set. */
export async function bundledRows(
  change: (record: CountryRecord, index: number) => void = () => undefined,
): Promise<Merged> {
  const [countries, rates, gdp] = await Promise.all([bundled.countries(), bundled.rates(), bundled.gdp()]);
  countries.records.forEach(change);
  return merge({ countries, rates, gdp, warnings: [] }, NOTHING, {
    now: new Date('2026-10-01T08:00:00.123Z'),
    gdpMethod: GdpMethod.PER_CAPITA,
    random: () => 0.5,
  });
}
