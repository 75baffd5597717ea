import type { Database, Statement } from '../db/database.js';
import type { CountryRow } from '../db/tables.js';
import { toStored } from '../db/tables.js';
import { NotFoundError } from '../errors.js';
import type { CountryFilter } from './country.args.js';
import type { Country } from './country.type.js';
import { type AskedFields, columnsFor, EVERY_FIELD } from './country-columns.js';
import { matches } from './country-filter.js';
import { type CountryKey, CountryLookup } from './country-lookup.js';
import { type CountryPage, readPage } from './country-pages.js';
import { toCountries, toCountry } from './country-row.js';
import type { CountryGrouping, CountryStats } from './country-stats.js';
import { STATS_COLUMNS, summarise } from './country-stats.js';
import { type CountryQuery, pageRequest } from './page-request.js';

/** Each country with everything, also what sorts it. */
const ALL_COLUMNS = columnsFor(EVERY_FIELD, ['name_key']);

export class CountryService {
  readonly #database: Database;
  /** They last as long as the document of the query. */
  readonly #lookups = new WeakMap<AskedFields, CountryLookup>();

  constructor(database: Database) {
    this.#database = database;
  }

  async find(key: CountryKey, asked: AskedFields = EVERY_FIELD): Promise<Country | null> {
    const row = await this.#lookup(asked).find(key);
    return row ? toCountry(row, asked) : null;
  }

  async byCodes(codes: readonly string[]): Promise<Country[]> {
    if (codes.length === 0) return [];
    const rows = await this.#database.kysely
      .selectFrom('countries')
      .select(ALL_COLUMNS)
      .where('code', 'in', [...new Set(codes)])
      .execute();
    return toCountries(rows);
  }

  async page(query: CountryQuery, asked: AskedFields = EVERY_FIELD): Promise<CountryPage> {
    return readPage(this.#database, pageRequest(query), asked);
  }

  async count(filter?: CountryFilter | null): Promise<number> {
    const { count } = await this.#database.kysely
      .selectFrom('countries')
      .$if(Boolean(filter), (select) => select.where((eb) => matches(eb, filter as CountryFilter)))
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Sums by group, or in total when no grouping is given. */
  async stats(groupBy?: CountryGrouping | null, filter?: CountryFilter | null): Promise<CountryStats[]> {
    const rows = await this.#database.kysely
      .selectFrom('countries')
      .select(STATS_COLUMNS)
      .$if(Boolean(filter), (select) => select.where((eb) => matches(eb, filter as CountryFilter)))
      .execute();
    return summarise(rows, groupBy);
  }

  /** The currency codes of each country, in the order of the source. */
  async currencyCodes(countries: readonly string[]): Promise<Map<string, string[]>> {
    const links = await this.#database.kysely
      .selectFrom('country_currencies')
      .select(['country_code as key', 'currency_code as value'])
      .where('country_code', 'in', countries)
      .orderBy('position')
      .execute();
    return grouped(links);
  }

  /** The countries of each currency, by name. */
  async inCurrencies(currencies: readonly string[]): Promise<Map<string, Country[]>> {
    const rows = await this.#database.kysely
      .selectFrom('country_currencies as cc')
      .innerJoin('countries', 'countries.code', 'cc.country_code')
      .select(ALL_COLUMNS.map((column) => `countries.${column}` as const))
      .select('cc.currency_code as used')
      .where('cc.currency_code', 'in', currencies)
      .orderBy('countries.name_key')
      .orderBy('countries.code')
      .execute();
    return grouped(rows.map(({ used, ...row }) => ({ key: used, value: toCountry(row) })));
  }

  /** Returns the country as it was. Unless `permanently`, the next refresh may bring it back. */
  async delete(key: CountryKey, permanently = false): Promise<Country> {
    const row = await new CountryLookup(this.#database, ALL_COLUMNS).find(key);
    if (!row) throw new NotFoundError(`There is no country ${JSON.stringify(key.code ?? key.name)}`);
    const { kysely } = this.#database;
    await this.#database.writeAtomically([
      kysely.deleteFrom('country_currencies').where('country_code', '=', row.code),
      kysely.deleteFrom('countries').where('code', '=', row.code),
      ...(permanently ? this.#removal(row) : []),
    ]);
    return toCountry(row);
  }

  #lookup(asked: AskedFields): CountryLookup {
    const lookup = this.#lookups.get(asked) ?? new CountryLookup(this.#database, columnsFor(asked));
    this.#lookups.set(asked, lookup);
    return lookup;
  }

  #removal({ code, name }: CountryRow): Statement[] {
    const row = { code, name, removed_at: toStored(new Date()) };
    return this.#database.upsert('removed_countries', [row], ['code'], 1);
  }
}

function grouped<T>(pairs: readonly { key: string; value: T }[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const { key, value } of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
