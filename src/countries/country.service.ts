import { toStored } from '../db/tables.js';
import { BadUserInputError, NotFoundError } from '../errors.js';
import type { CountryFilter, CountryKey, CountryQuery } from './country.args.js';
import { compareNames, type Snapshot, type Snapshots } from './country.snapshot.js';
import type { Country, RemovedCountry } from './country.type.js';
import type { CountryConnection } from './country-connection.js';
import { countryTest } from './country-filter.js';
import { createPage } from './country-page.js';
import { type CountryGrouping, type CountryStats, summarise } from './country-stats.js';
import { nameKey } from './name-key.js';

/** Reads from the snapshot, and writes through the database. */
export class CountryService {
  readonly #snapshots: Snapshots;

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** Null when it is unknown. Throws BadUserInputError unless exactly one of code and name is given. */
  async find(key: CountryKey): Promise<Country | null> {
    return findCountry(await this.#snapshots.current(), key);
  }

  /** By name; unknown codes are left out. */
  async byCodes(codes: readonly string[]): Promise<Country[]> {
    const { byCode } = await this.#snapshots.current();
    return codes.flatMap((code) => byCode.get(code) ?? []).sort(compareNames);
  }

  async page(query: CountryQuery): Promise<CountryConnection> {
    const { countries } = await this.#snapshots.current();
    return createPage(countries, query);
  }

  async count(filter?: CountryFilter | null): Promise<number> {
    return (await this.#matching(filter)).length;
  }

  /** Sums by group, or in total without a grouping. */
  async stats(groupBy?: CountryGrouping | null, filter?: CountryFilter | null): Promise<CountryStats[]> {
    return summarise(await this.#matching(filter), groupBy);
  }

  /** The countries that were deleted permanently, by code. */
  async removed(): Promise<readonly RemovedCountry[]> {
    return (await this.#snapshots.current()).removed;
  }

  /** Returns the country as it was. Unless `permanently`, the next refresh may bring it back. */
  async delete(key: CountryKey, permanently = false): Promise<Country> {
    const country = findCountry(await this.#snapshots.newest(), key);
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

  async #matching(filter: CountryFilter | null | undefined): Promise<Country[]> {
    const { countries } = await this.#snapshots.current();
    return countries.filter(countryTest(filter));
  }
}

function findCountry({ byCode, byName }: Snapshot, { code, name }: CountryKey): Country | null {
  if (Boolean(code) === Boolean(name)) throw new BadUserInputError('Give either code or name');
  return (code ? byCode.get(code) : byName.get(nameKey(name ?? ''))) ?? null;
}
