import type { Database } from '../db/database.js';
import { AppError, BadUserInputError } from '../errors.js';
import { convertAmount, crossRate } from './arithmetic.js';
import type { Conversion, ExchangeRate } from './currency.type.js';
import { minorUnit } from './currency-codes.js';
import { readLastRates } from './last-rates.js';
import { checkRange, type Series } from './rate-history.js';

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
