import { setImmediate as turn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { ExchangeRateRow, Tables } from '../db/tables.js';
import { AppError, BadUserInputError } from '../errors.js';
import type { Conversion, Currency, ExchangeRate, HistoryStep, Observation } from './currency.type.js';
import { minorUnit } from './currency-codes.js';
import {
  checkRange,
  convertAmount,
  crossHistory,
  crossRate,
  lastDayFrom,
  type Series,
  thinOut,
} from './rates.js';

const MAX_CODES = 1000;

/** More than there are currencies. */
const MAX_TARGETS = 200;

/** One year of daily rates of all currencies. */
const MAX_POINTS = 100_000;

/** The currencies by code, in the order of their codes. */
type Currencies = ReadonlyMap<string, Currency>;

export interface CurrencySource {
  readonly database: { readonly kysely: Kysely<Tables> };
  current(): Promise<{ currencies: Currencies }>;
}

export interface CurrencyQuery {
  codes?: readonly string[] | null | undefined;
  hasRate?: boolean | null | undefined;
}

export interface HistoryQuery {
  base: string;
  from: string;
  /** The last day that a history may have when undefined. */
  to?: string | null | undefined;
  step: HistoryStep;
}

/**
 * Currencies and their last rates come from the snapshot; rates of the past are read from the database. Made for each
 * request: what the request asks of the same days is read together.
 */
export class CurrencyService {
  readonly #source: CurrencySource;
  readonly #lastUpTo = new Map<string, Batch<Observation>>();
  readonly #between = new Map<string, Batch<Series>>();

  constructor(source: CurrencySource) {
    this.#source = source;
  }

  async find(code: string): Promise<Currency | null> {
    const { currencies } = await this.#source.current();
    return currencies.get(code) ?? null;
  }

  /** In the order of the codes; unknown codes are left out. */
  async list({ codes, hasRate }: CurrencyQuery): Promise<Currency[]> {
    if (codes && codes.length > MAX_CODES) throw new BadUserInputError(`codes may hold at most ${MAX_CODES}`);
    const { currencies } = await this.#source.current();
    const wanted = codes && new Set(codes);
    return [...currencies.values()].filter(
      ({ code, lastRate }) =>
        (!wanted || wanted.has(code)) && (typeof hasRate !== 'boolean' || hasRate === (lastRate !== null)),
    );
  }

  async rate(code: string, base: string, on?: string | null): Promise<ExchangeRate | null> {
    const [from, to] = await Promise.all([this.#observation(base, on), this.#observation(code, on)]);
    return from && to ? exchangeRate(from, to) : null;
  }

  async history(code: string, { base, from, to, step }: HistoryQuery): Promise<ExchangeRate[]> {
    const last = to ?? lastDayFrom(from);
    const days = checkRange(from, last);
    const batch = batchOf(this.#between, `${from} ${last}`, (codes) => {
      if (days * codes.length > MAX_POINTS) {
        throw new BadUserInputError(`Request fewer currencies or days: at most ${MAX_POINTS} points at once`);
      }
      return readSeries(this.#source.database.kysely, codes, from, last);
    });
    const [baseSeries, quoteSeries] = await Promise.all([batch.get(base), batch.get(code)]);
    return thinOut(crossHistory([base, baseSeries ?? new Map()], [code, quoteSeries ?? new Map()]), step);
  }

  /** One entry for each code of `to`, in that order; an error where there is no rate. */
  async convert(
    amount: number,
    from: string,
    to: readonly string[],
    on?: string | null,
  ): Promise<(Conversion | AppError)[]> {
    if (!Number.isFinite(amount)) throw new BadUserInputError('amount must be a finite number');
    if (to.length > MAX_TARGETS) throw new BadUserInputError(`to may hold at most ${MAX_TARGETS} codes`);
    const [source, ...targets] = await Promise.all([from, ...to].map((code) => this.#observation(code, on)));
    return targets.map((target, at) => {
      if (!source || !target) return rateUnavailable(source ? (to[at] as string) : from, on);
      return conversion(amount, source, target);
    });
  }

  /** The last observation up to a day, or the last of all. */
  async #observation(code: string, on: string | null | undefined): Promise<Observation | null> {
    const last = (await this.find(code))?.lastRate ?? null;
    if (last === null || !on || last.observedOn <= on) return last;
    const batch = batchOf(this.#lastUpTo, on, (codes) =>
      readObservations(this.#source.database.kysely, { codes, on }),
    );
    return (await batch.get(code)) ?? null;
  }
}

function exchangeRate(base: Observation, quote: Observation): ExchangeRate {
  return {
    base: base.currency,
    quote: quote.currency,
    rate: crossRate(base.perUsd, quote.perUsd),
    date: olderDay(base, quote),
  };
}

/** An error where the result is too large for a double. */
function conversion(amount: number, from: Observation, to: Observation): Conversion | AppError {
  const result = convertAmount(amount, from.perUsd, to.perUsd, minorUnit(to.currency));
  if (!Number.isFinite(result)) {
    return new BadUserInputError(`amount is too large to be converted to ${to.currency}`);
  }
  const { base, quote, rate, date } = exchangeRate(from, to);
  return { amount, from: base, to: quote, result, rate, date };
}

function olderDay(a: Observation, b: Observation): string {
  return a.observedOn < b.observedOn ? a.observedOn : b.observedOn;
}

function rateUnavailable(code: string, on: string | null | undefined): AppError {
  return new AppError('RATE_UNAVAILABLE', `There is no rate for ${code}${on ? ` on or before ${on}` : ''}`);
}

type ReadByCode<T> = (codes: readonly string[]) => Promise<ReadonlyMap<string, T>>;

/** Collects the codes requested in one turn of the event loop, and reads them with one statement. */
class Batch<T> {
  readonly #read: ReadByCode<T>;
  #codes = new Set<string>();
  #reading: Promise<ReadonlyMap<string, T>> | undefined;

  constructor(read: ReadByCode<T>) {
    this.#read = read;
  }

  async get(code: string): Promise<T | undefined> {
    this.#codes.add(code);
    this.#reading ??= this.#readNextTurn();
    return (await this.#reading).get(code);
  }

  async #readNextTurn(): Promise<ReadonlyMap<string, T>> {
    await turn();
    const codes = [...this.#codes];
    this.#codes = new Set();
    this.#reading = undefined;
    return this.#read(codes);
  }
}

function batchOf<T>(batches: Map<string, Batch<T>>, key: string, read: ReadByCode<T>): Batch<T> {
  const batch = batches.get(key) ?? new Batch(read);
  batches.set(key, batch);
  return batch;
}

async function readSeries(
  kysely: Kysely<Tables>,
  codes: readonly string[],
  from: string,
  to: string,
): Promise<ReadonlyMap<string, Series>> {
  const rows = await kysely
    .selectFrom('exchange_rates')
    .select(['currency_code', 'observed_on', 'rate'])
    .where('currency_code', 'in', codes)
    .where('observed_on', '>=', from)
    .where('observed_on', '<=', to)
    .orderBy('currency_code')
    .orderBy('observed_on')
    .execute();
  const series = new Map(codes.map((code) => [code, new Map<string, number>()]));
  for (const row of rows) series.get(row.currency_code)?.set(row.observed_on, row.rate);
  return series;
}

/** All currencies with their last rates, in the order of their codes. */
export async function readCurrencies(kysely: Kysely<Tables>): Promise<Currency[]> {
  const [rows, lastRates] = await Promise.all([
    kysely.selectFrom('currencies').selectAll().orderBy('code').execute(),
    readObservations(kysely),
  ]);
  return rows.map(({ code, name, symbol }) => {
    return { code, englishName: name, sourceSymbol: symbol, lastRate: lastRates.get(code) ?? null };
  });
}

async function readObservations(
  kysely: Kysely<Tables>,
  query?: LastRatesQuery,
): Promise<ReadonlyMap<string, Observation>> {
  const rows = await readLastRates({ kysely }, query);
  return new Map(
    rows.map(({ currency_code: currency, rate: perUsd, observed_on: observedOn }) => [
      currency,
      { currency, perUsd, observedOn },
    ]),
  );
}

/** Which currencies, all of them without codes, and up to which day. */
export interface LastRatesQuery {
  codes?: readonly string[];
  on?: string | undefined;
}

/** The last observation of each currency up to the day, or the last of all. Currencies without one are left out. */
export async function readLastRates(
  { kysely }: { readonly kysely: Kysely<Tables> },
  { codes, on }: LastRatesQuery = {},
): Promise<ExchangeRateRow[]> {
  // Starting from the currencies with a left join, a database looks up one row for each. Otherwise it would read the
  // whole history, and with `max` in place of `limit` MySQL would read all days of each currency.
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
