import type { Database } from '../db/database.js';
import { BadUserInputError } from '../errors.js';
import type { Currency } from './currency.type.js';

const MAX_CODES = 1000;

export interface CurrencyQuery {
  codes?: readonly string[] | null | undefined;
  hasRate?: boolean | null | undefined;
}

/** What is known of currencies apart from their rates. */
export class CurrencyService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async byCodes(codes: readonly string[]): Promise<Currency[]> {
    return this.list({ codes });
  }

  /** By code. What is unknown is left out. */
  async list({ codes, hasRate }: CurrencyQuery): Promise<Currency[]> {
    if (codes?.length === 0) return [];
    if (codes && codes.length > MAX_CODES) throw new BadUserInputError(`codes may hold at most ${MAX_CODES}`);
    let select = this.#database.kysely
      .selectFrom('currencies as c')
      .select(['c.code', 'c.name as englishName', 'c.symbol as sourceSymbol'])
      .orderBy('c.code');
    if (codes) select = select.where('c.code', 'in', [...new Set(codes)]);
    if (typeof hasRate === 'boolean') {
      select = select.where((eb) => {
        const rates = eb
          .selectFrom('exchange_rates as r')
          .select('r.rate')
          .whereRef('r.currency_code', '=', 'c.code');
        return hasRate ? eb.exists(rates) : eb.not(eb.exists(rates));
      });
    }
    return select.execute();
  }
}
