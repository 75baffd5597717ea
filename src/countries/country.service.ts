import type { Database, Statement } from '../db/database.js';
import type { CountryRow } from '../db/tables.js';
import { toStored } from '../db/time.js';
import { BadUserInputError, NotFoundError } from '../errors.js';
import type { CountryFilter, CountryOrder } from './country.args.js';
import type { Country } from './country.type.js';
import { matches } from './country-filter.js';
import { isBehind, positionOf, type SortKey, sortKeys } from './country-order.js';
import { toCountry } from './country-row.js';
import { fromCursor, toCursor } from './cursor.js';
import { nameKey } from './name-key.js';

/** More than there are countries: one page can always hold them all. */
const MAX_PAGE = 1000;

export interface CountryLookup {
  code?: string | null | undefined;
  name?: string | null | undefined;
}

export interface CountryQuery {
  filter?: CountryFilter | null | undefined;
  orderBy?: CountryOrder[] | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}

export interface CountryPage {
  countries: Country[];
  cursorOf(country: Country): string;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export class CountryService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(lookup: CountryLookup): Promise<Country | null> {
    const row = await this.#lookUp(lookup);
    return row ? toCountry(row) : null;
  }

  async byCodes(codes: readonly string[]): Promise<Country[]> {
    if (codes.length === 0) return [];
    const rows = await this.#select()
      .where('code', 'in', [...new Set(codes)])
      .execute();
    return rows.map(toCountry);
  }

  async page(query: CountryQuery): Promise<CountryPage> {
    const limit = pageSize(query.first);
    const keys = sortKeys(query.orderBy);
    const rows = await this.#rows(query, keys, limit + 1);
    const shown = rows.slice(0, limit);
    const rowOf = new Map(shown.map((row) => [row.code, row]));
    return {
      countries: shown.map(toCountry),
      cursorOf: ({ code }) => toCursor(keys, positionOf(rowOf.get(code) as CountryRow, keys)),
      hasNextPage: rows.length > limit,
      hasPreviousPage: query.after !== null && query.after !== undefined,
    };
  }

  async count(filter?: CountryFilter | null): Promise<number> {
    const { count } = await this.#database.kysely
      .selectFrom('countries')
      .$if(Boolean(filter), (select) => select.where((eb) => matches(eb, filter as CountryFilter)))
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
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
      .selectAll('countries')
      .select('cc.currency_code as used')
      .where('cc.currency_code', 'in', currencies)
      .orderBy('countries.name_key')
      .orderBy('countries.code')
      .execute();
    return grouped(rows.map(({ used, ...row }) => ({ key: used, value: toCountry(row) })));
  }

  /** Returns the country as it was. Unless `permanently`, the next refresh may bring it back. */
  async delete(lookup: CountryLookup, permanently = false): Promise<Country> {
    const row = await this.#lookUp(lookup);
    if (!row) throw new NotFoundError(`There is no country ${JSON.stringify(lookup.code ?? lookup.name)}`);
    const { kysely } = this.#database;
    await this.#database.writeAtomically([
      kysely.deleteFrom('country_currencies').where('country_code', '=', row.code),
      kysely.deleteFrom('countries').where('code', '=', row.code),
      ...(permanently ? this.#removal(row) : []),
    ]);
    return toCountry(row);
  }

  #removal({ code, name }: CountryRow): Statement[] {
    const row = { code, name, removed_at: toStored(new Date()) };
    return this.#database.upsert('removed_countries', [row], ['code'], 1);
  }

  #select() {
    return this.#database.kysely.selectFrom('countries').selectAll();
  }

  async #lookUp({ code, name }: CountryLookup): Promise<CountryRow | undefined> {
    if (Boolean(code) === Boolean(name)) throw new BadUserInputError('Give either code or name');
    const [column, value] = code
      ? ([code.length === 2 ? 'code' : 'alpha3', code] as const)
      : (['name_key', nameKey(name ?? '')] as const);
    return this.#select().where(column, '=', value).orderBy('code').limit(1).executeTakeFirst();
  }

  #rows({ filter, after }: CountryQuery, keys: SortKey[], limit: number): Promise<CountryRow[]> {
    let select = this.#select().limit(limit);
    if (filter) select = select.where((eb) => matches(eb, filter));
    if (after) {
      const position = fromCursor(after, keys);
      select = select.where((eb) => isBehind(eb, keys, position));
    }
    for (const { column, direction } of keys) {
      select = select.orderBy((eb) => eb(column, 'is', null)).orderBy(column, direction);
    }
    return select.execute();
  }
}

function pageSize(first: number | null | undefined): number {
  if (first === null || first === undefined) return MAX_PAGE;
  if (first < 0 || first > MAX_PAGE) throw new BadUserInputError(`first must be from 0 to ${MAX_PAGE}`);
  return first;
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
