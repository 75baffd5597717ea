import type { Database } from '../db/database.js';
import type { Currency } from './currency.type.js';

/** What is known of currencies apart from their rates. */
export class CurrencyService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async byCodes(codes: readonly string[]): Promise<Currency[]> {
    if (codes.length === 0) return [];
    return this.#select()
      .where('code', 'in', [...new Set(codes)])
      .execute();
  }

  #select() {
    return this.#database.kysely
      .selectFrom('currencies')
      .select(['code', 'name as englishName', 'symbol'])
      .orderBy('code');
  }
}
