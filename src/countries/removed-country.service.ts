import type { Database } from '../db/database.js';
import type { RemovedCountryRow } from '../db/tables.js';
import { toIso } from '../db/tables.js';
import { NotFoundError } from '../errors.js';
import type { RemovedCountry } from './country.type.js';

/** Countries that no refresh brings back, until somebody says so. */
export class RemovedCountryService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(): Promise<RemovedCountry[]> {
    const rows = await this.#database.kysely
      .selectFrom('removed_countries')
      .selectAll()
      .orderBy('code')
      .execute();
    return rows.map(toRemovedCountry);
  }

  /** From now on a refresh may bring it back. Returns it as it was listed. */
  async restore(code: string): Promise<RemovedCountry> {
    const { kysely } = this.#database;
    const row = await kysely
      .selectFrom('removed_countries')
      .selectAll()
      .where('code', '=', code)
      .executeTakeFirst();
    if (!row) throw new NotFoundError(`No country ${JSON.stringify(code)} was deleted permanently`);
    await this.#database.writeAtomically([kysely.deleteFrom('removed_countries').where('code', '=', code)]);
    return toRemovedCountry(row);
  }
}

function toRemovedCountry({ code, name, removed_at }: RemovedCountryRow): RemovedCountry {
  return { code, name, removedAt: toIso(removed_at) };
}
