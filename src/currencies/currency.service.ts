import type { Database } from '../db/database.js';
import type { ExchangeRateRow } from '../db/tables.js';
import { AppError, BadUserInputError } from '../errors.js';
import type { Conversion, Currency, ExchangeRate } from './currency.type.js';
import { minorUnit } from './currency-codes.js';
import { checkRange, convertAmount, crossRate, type Series } from './rates.js';

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

/** More than there are currencies. */
const MAX_TARGETS = 200;

/** A year of all currencies. */
const MAX_POINTS = 100_000;

export interface Observation {
  currency: string;
  perUsd: number;
  observedOn: string;
}

export class RateService {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The last observation of each currency up to the day, or the last of all. Currencies without one are left out. */
  async observations(codes: readonly string[], on?: string): Promise<Observation[]> {
    if (codes.length === 0) return [];
    const rows = await readLastRates(this.#database, { codes, on });
    return rows.map(({ currency_code: currency, rate: perUsd, observed_on: observedOn }) => {
      return { currency, perUsd, observedOn };
    });
  }

  /** The observations of each currency from one day to another, in the order of the days. */
  async series(codes: readonly string[], from: string, to: string): Promise<Map<string, Series>> {
    const wanted = [...new Set(codes)];
    if (checkRange(from, to) * wanted.length > MAX_POINTS) {
      throw new BadUserInputError(`Ask for fewer currencies or days: at most ${MAX_POINTS} points at once`);
    }
    const rows = await this.#database.kysely
      .selectFrom('exchange_rates')
      .select(['currency_code', 'observed_on', 'rate'])
      .where('currency_code', 'in', wanted)
      .where('observed_on', '>=', from)
      .where('observed_on', '<=', to)
      .orderBy('currency_code')
      .orderBy('observed_on')
      .execute();
    const found = new Map<string, Map<string, number>>(wanted.map((code) => [code, new Map()]));
    for (const row of rows) found.get(row.currency_code)?.set(row.observed_on, row.rate);
    return found;
  }

  /** One entry for each code of `to`, in that order; an error stands where there is no rate. */
  async convert(
    amount: number,
    from: string,
    to: readonly string[],
    on?: string,
  ): Promise<(Conversion | AppError)[]> {
    if (!Number.isFinite(amount)) throw new BadUserInputError('amount must be a finite number');
    if (to.length > MAX_TARGETS) throw new BadUserInputError(`to may hold at most ${MAX_TARGETS} codes`);
    const known = new Map((await this.observations([from, ...to], on)).map((it) => [it.currency, it]));
    const source = known.get(from);
    return to.map((code) => {
      const target = known.get(code);
      if (!source || !target) return noRate(source ? code : from, on);
      return orTooLarge(conversion(amount, source, target));
    });
  }
}

export function exchangeRate(base: Observation, quote: Observation): ExchangeRate {
  return {
    base: base.currency,
    quote: quote.currency,
    rate: crossRate(base.perUsd, quote.perUsd),
    date: olderDay(base, quote),
  };
}

function conversion(amount: number, from: Observation, to: Observation): Conversion {
  return {
    amount,
    from: from.currency,
    to: to.currency,
    result: convertAmount(amount, from.perUsd, to.perUsd, minorUnit(to.currency)),
    rate: crossRate(from.perUsd, to.perUsd),
    date: olderDay(from, to),
  };
}

/** No double is large enough for the largest amounts in the smallest currencies. */
function orTooLarge(conversion: Conversion): Conversion | AppError {
  return Number.isFinite(conversion.result)
    ? conversion
    : new BadUserInputError(`amount is too large to be told in ${conversion.to}`);
}

function olderDay(a: Observation, b: Observation): string {
  return a.observedOn < b.observedOn ? a.observedOn : b.observedOn;
}

function noRate(code: string, on: string | undefined): AppError {
  return new AppError('RATE_UNAVAILABLE', `There is no rate for ${code}${on ? ` on or before ${on}` : ''}`);
}

/** Which currencies, all of them when it is not said, and up to which day. */
export interface LastRatesQuery {
  codes?: readonly string[];
  on?: string | undefined;
}

/** The last observation of each currency up to the day, or the last of all. Currencies without one are left out. */
export async function readLastRates(
  { kysely }: Pick<Database, 'kysely'>,
  { codes, on }: LastRatesQuery = {},
): Promise<ExchangeRateRow[]> {
  // From the currencies, with a join to the left, a database has to look up one row for each. It would else go through
  // the whole history, and `max` in place of `limit` would make MySQL read all days of each currency.
  const rows = await kysely
    .selectFrom('currencies as c')
    .leftJoin('exchange_rates as r', (join) =>
      join.onRef('r.currency_code', '=', 'c.code').on('r.observed_on', '=', (eb) =>
        eb
          .selectFrom('exchange_rates as last')
          .select('last.observed_on')
          .whereRef('last.currency_code', '=', 'c.code')
          .$if(on !== undefined, (last) => last.where('last.observed_on', '<=', on as string))
          .orderBy('last.observed_on', 'desc')
          .limit(1),
      ),
    )
    .select(['r.currency_code', 'r.observed_on', 'r.rate', 'r.source'])
    .$if(codes !== undefined, (select) => select.where('c.code', 'in', [...new Set(codes)]))
    .execute();
  return rows.filter((row): row is ExchangeRateRow => row.rate !== null);
}
