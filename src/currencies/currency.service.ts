import { setImmediate as turn } from 'node:timers/promises';
import type { ExchangeRateRow } from '../db/tables.js';
import { AppError, BadUserInputError } from '../errors.js';
import { Figures } from '../provenance/credits.js';
import { type ServedSources, sourceOf } from '../provenance/data-source.js';
import type { DataSource } from '../provenance/provenance.type.js';
import type { Conversion, Currency, DateSpan, ExchangeRate, HistoryStep, RatePeriod } from './currency.type.js';
import { minorUnit } from './currency-codes.js';
import {
  changeOf,
  checkOrder,
  convertAmount,
  crossHistory,
  exchangeRate,
  firstServed,
  historySpan,
  PIVOT,
  partsOf,
  periodsOf,
  type Series,
  servedRate,
  thinOut,
  withEuro,
} from './rates.js';
import { byCode, type RateDatabase, readRatesAfter, readRatesUpTo, readSeries, readSources } from './repository.js';

const MAX_CODES = 1000;

/** More than there are currencies. */
const MAX_TARGETS = 200;

/** A year of daily rates of all currencies, or 25 years of nine currencies against another base. */
const MAX_OBSERVATIONS = 100_000;

interface DayRange {
  base: string;
  from: string;
  to?: string | null | undefined;
}

interface HistoryRange extends DayRange {
  step: HistoryStep;
}

export interface CurrencySource {
  readonly database: RateDatabase;
  current(): Promise<{
    /** Those in use, by code and ordered by code. */
    currencies: ReadonlyMap<string, Currency>;
    /** Including those of the past. */
    allCurrencies: ReadonlyMap<string, Currency>;
    sources: ServedSources;
  }>;
}

/**
 * Currencies and their last rates come from the snapshot; rates of the past are read from the database. There is one
 * service for each request: what a request needs for the same days is read together.
 */
export class CurrencyService {
  readonly #source: CurrencySource;
  readonly #maxObservations: number;
  readonly #lastUpTo: Batches<ExchangeRateRow | null> = new Map();
  readonly #firstDays: Batches<string | null> = new Map();
  readonly #between: Batches<Series> = new Map();

  constructor(source: CurrencySource, maxObservations = MAX_OBSERVATIONS) {
    this.#source = source;
    this.#maxObservations = maxObservations;
  }

  async find(code: string): Promise<Currency | null> {
    const { allCurrencies } = await this.#source.current();
    return allCurrencies.get(code) ?? null;
  }

  /** Ordered by code; unknown codes are left out. */
  async list(codes?: readonly string[] | null, hasRate?: boolean | null): Promise<Currency[]> {
    if (codes && codes.length > MAX_CODES) throw new BadUserInputError(`codes may hold at most ${MAX_CODES}`);
    const { currencies, allCurrencies } = await this.#source.current();
    const wanted = codes && new Set(codes);
    return [...(wanted ? allCurrencies : currencies).values()]
      .filter(({ code }) => !wanted || wanted.has(code))
      .filter(({ lastRate }) => typeof hasRate !== 'boolean' || hasRate === (lastRate !== null));
  }

  async rate(code: string, base: string, on?: string | null): Promise<ExchangeRate | null> {
    const [from, to] = await Promise.all([this.#lastRate(base, on), this.#lastRate(code, on)]);
    const rate = from && to ? exchangeRate(from, to) : null;
    if (rate instanceof AppError) throw rate;
    return rate;
  }

  /** Two when the currencies of a cross rate have different ones. */
  async sourcesOf({ storedSources }: ExchangeRate): Promise<[DataSource, ...DataSource[]]> {
    const { sources } = await this.#source.current();
    const [first, ...others] = storedSources.map((source) => sourceOf(sources, Figures.RATES, source));
    return [first as DataSource, ...others];
  }

  /** The parts that a history of any length can be read in, and the sources behind it. Null when it is empty. */
  async longHistory(
    code: string,
    { base, from, to, step }: { base: string; from?: string | undefined; to?: string | undefined; step: HistoryStep },
  ): Promise<{ parts: Iterable<DateSpan>; sources: DataSource[] } | null> {
    if (from) checkOrder(from, to);
    // The US dollar needs no observation.
    const observed = code === base ? [code] : [code, base].filter((it) => it !== PIVOT);
    const covered = await Promise.all(observed.map((it) => this.coverage(it)));
    if (!covered.every((it) => it !== null)) return null;
    const span = historySpan({ from, to }, covered, step);
    const [stored, { sources }] = await Promise.all([
      readSources(this.#source.database, observed, span),
      this.#source.current(),
    ]);
    return { parts: partsOf(span, step), sources: stored.map((it) => sourceOf(sources, Figures.RATES, it)) };
  }

  async history(code: string, { step, ...range }: HistoryRange): Promise<ExchangeRate[]> {
    return thinOut(await this.#points(code, range), step);
  }

  async periods(code: string, { step, ...range }: HistoryRange): Promise<RatePeriod[]> {
    return periodsOf(await this.#points(code, range), step, range);
  }

  /** In percent, between the last observations up to the two days. */
  async change(code: string, { base, from, to }: DayRange): Promise<number | null> {
    checkOrder(from, to);
    const [before, after] = await Promise.all([this.rate(code, base, from), this.rate(code, base, to)]);
    return before && after ? changeOf(before.rate, after.rate) : null;
  }

  async coverage(code: string): Promise<DateSpan | null> {
    const last = (await this.find(code))?.lastRate;
    if (!last) return null;
    const from = await readTogether(this.#firstDays, '', code, async (codes) => {
      const observed = byCode(await readRatesAfter(this.#source.database, withEuro(codes)));
      return new Map(codes.map((it) => [it, firstServed(it, observed)]));
    });
    return from ? { from, to: last.observed_on } : null;
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
    const [source, ...targets] = await Promise.all([from, ...to].map((code) => this.#lastRate(code, on)));
    return targets.map((target, at) => {
      if (!source || !target) return rateUnavailable(source ? (to[at] as string) : from, on);
      return conversion(amount, source, target);
    });
  }

  /** The days on which both currencies were observed. */
  async #points(code: string, { base, from, to }: DayRange): Promise<ExchangeRate[]> {
    checkOrder(from, to);
    const limit = this.#maxObservations;
    const read = (codes: readonly string[]) => readSeries(this.#source.database, codes, { from, to, limit });
    const seriesOf = (it: string) => readTogether(this.#between, `${from} ${to ?? ''}`, it, read);
    const [baseSeries = new Map(), series = new Map()] = await Promise.all([seriesOf(base), seriesOf(code)]);
    // Other requests are served between the long histories of several currencies.
    if (series.size > 1_000) await turn();
    return crossHistory([base, baseSeries], [code, series]);
  }

  /** The last observation up to a day, or the last of all. */
  async #lastRate(code: string, on: string | null | undefined): Promise<ExchangeRateRow | null> {
    const last = (await this.find(code))?.lastRate ?? null;
    if (last === null || !on || last.observed_on <= on) return last;
    // The US dollar needs no observation, as in a history.
    if (code === PIVOT) return { ...last, observed_on: on };
    const rate = await readTogether(this.#lastUpTo, on, code, async (codes) => {
      const rates = byCode(await readRatesUpTo(this.#source.database, withEuro(codes), on));
      return new Map(codes.map((it) => [it, servedRate(it, rates)]));
    });
    return rate ?? null;
  }
}

/** An error where a double cannot hold the rate or the result. */
function conversion(amount: number, from: ExchangeRateRow, to: ExchangeRateRow): Conversion | AppError {
  const exchange = exchangeRate(from, to);
  if (exchange instanceof AppError) return exchange;
  const { base, quote, rate, date } = exchange;
  const result = convertAmount(amount, from.rate, to.rate, minorUnit(quote));
  if (!Number.isFinite(result)) return new BadUserInputError(`amount is too large to convert to ${quote}`);
  return { amount, from: base, to: quote, result, rate, date };
}

function rateUnavailable(code: string, on: string | null | undefined): AppError {
  return new AppError('RATE_UNAVAILABLE', `There is no rate for ${code}${on ? ` on or before ${on}` : ''}`);
}

/** Reads that are about to be sent, by their days. */
type Batches<T> = Map<string, { codes: Set<string>; rows: Promise<ReadonlyMap<string, T>> }>;

/** Collects the codes requested in one turn of the event loop, and reads them with one statement. */
async function readTogether<T>(
  batches: Batches<T>,
  days: string,
  code: string,
  read: (codes: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): Promise<T | undefined> {
  let batch = batches.get(days);
  if (!batch) {
    const codes = new Set<string>();
    const readNextTurn = async () => {
      await turn();
      batches.delete(days);
      return read([...codes]);
    };
    batch = { codes, rows: readNextTurn() };
    batches.set(days, batch);
  }
  batch.codes.add(code);
  return (await batch.rows).get(code);
}
