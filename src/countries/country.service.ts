import type { Currency } from '../currencies/currency.type.js';
import { toStored } from '../db/tables.js';
import { BadUserInputError, NotFoundError } from '../errors.js';
import type { CountryFilter, CountryKey, CountryQuery } from './country.args.js';
import { compareNames, type Snapshot } from './country.snapshot.js';
import type { Country, RemovedCountry } from './country.type.js';
import { asksAnyName, countryTest } from './country-filter.js';
import { prepareNames } from './country-names.js';
import { type CountryConnection, createPage } from './country-page.js';
import { type CountryMatch, findByEnglishName, findByName, searchCountries } from './country-search.js';
import { type CountryGrouping, type CountryStats, summarise } from './country-stats.js';
import type { Snapshots } from './snapshot-cache.js';
import { tenderOn } from './tender.js';

/** Reads from the snapshot, and writes through the database. */
export class CountryService {
  readonly #snapshots: Snapshots;

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** Null when it is unknown. Throws BadUserInputError unless exactly one of code and name is given. */
  async find(key: CountryKey): Promise<Country | null> {
    return findCountry(await this.#snapshots.current(), key, findByName);
  }

  /** The best matches first. */
  async search(text: string, first: number): Promise<CountryMatch[]> {
    return searchCountries(await this.#snapshots.current(), text, first);
  }

  /** By name; unknown codes are left out. */
  async byCodes(codes: readonly string[]): Promise<Country[]> {
    const { byCode } = await this.#snapshots.current();
    return codes.flatMap((code) => byCode.get(code) ?? []).sort(compareNames);
  }

  async page(query: CountryQuery): Promise<CountryConnection> {
    if (asksAnyName(query.filter)) await prepareNames();
    const { countries } = await this.#snapshots.current();
    return createPage(countries, query);
  }

  /** Its legal tender on a day; where that is unknown, its currencies today. */
  async currenciesOn({ code, currencies }: Country, day: string): Promise<Currency[]> {
    const { allCurrencies } = await this.#snapshots.current();
    return tenderOn(code, day)?.flatMap((it) => allCurrencies.get(it) ?? []) ?? currencies;
  }

  /** Sums by group, or in total without a grouping. */
  async stats(groupBy?: CountryGrouping | null, filter?: CountryFilter | null): Promise<CountryStats[]> {
    if (asksAnyName(filter)) await prepareNames();
    const { countries } = await this.#snapshots.current();
    return summarise(countries.filter(countryTest(filter)), groupBy);
  }

  /** The countries that were deleted permanently, by code. */
  async removed(): Promise<readonly RemovedCountry[]> {
    return (await this.#snapshots.current()).removed;
  }

  /** Returns the country as it was. Unless `permanently`, the next refresh may bring it back. */
  async delete(key: CountryKey, permanently = false): Promise<Country> {
    const country = await findCountry(await this.#snapshots.newest(), key, findByEnglishName);
    if (!country) throw new NotFoundError(`There is no country ${JSON.stringify(key.code ?? key.name)}`);
    const { code, englishName: name } = country;
    const { kysely, upsert, writeAtomically } = this.#snapshots.database;
    const removed = { code, name, removed_at: toStored(new Date()) };
    await writeAtomically([
      kysely.deleteFrom('country_currencies').where('country_code', '=', code),
      kysely.deleteFrom('countries').where('code', '=', code),
      ...(permanently ? upsert('removed_countries', [removed], ['code'], 1) : []),
    ]);
    return country;
  }

  /** Lets the next refresh bring back a country that was deleted permanently. Returns it as it was listed. */
  async restore(code: string): Promise<RemovedCountry> {
    const { removed } = await this.#snapshots.newest();
    const country = removed.find((it) => it.code === code);
    if (!country) throw new NotFoundError(`No country ${JSON.stringify(code)} was deleted permanently`);
    const { kysely, writeAtomically } = this.#snapshots.database;
    await writeAtomically([kysely.deleteFrom('removed_countries').where('code', '=', code)]);
    return country;
  }
}

/** Throws BadUserInputError unless one of the two is given. */
async function findCountry(
  snapshot: Snapshot,
  { code, name }: CountryKey,
  byName: (snapshot: Snapshot, name: string) => Country | null | Promise<Country | null>,
): Promise<Country | null> {
  if (Boolean(code) === Boolean(name)) throw new BadUserInputError('Give either code or name');
  return code ? (snapshot.byCode.get(code) ?? null) : byName(snapshot, name ?? '');
}
