import { ratesWithin, readCodes, readRatesAfter, readRatesUpTo } from '../currencies/repository.js';
import { addDays } from '../days.js';
import type { Database, Statement } from '../db/database.js';
import type { ExchangeRateRow } from '../db/tables.js';
import { chunk } from '../db/write.js';
import type { DaySpan, RateRecord } from '../sources/source.js';
import { unnamed } from './country-policy.js';
import { believedBy, isPlausible, rateRow } from './rate-policy.js';
import { releases } from './repository.js';

export interface BackfillStoreOptions {
  database: Database;
  batchSize: number;
  /** Fetches days that are stored as well. */
  again?: boolean;
}

/** Stores those rates of the answers that can be believed. */
export class BackfillStore {
  /** As in the report. */
  fetched = 0;
  heldBack = 0;
  readonly #options: BackfillStoreOptions;
  readonly #source: string;
  readonly #judge = new DayByDay();
  /** The quarantine of refreshes: these are observations too, if later ones confirm them. */
  #held: ExchangeRateRow[] = [];

  constructor(options: BackfillStoreOptions, source: string) {
    this.#options = options;
    this.#source = source;
  }

  async add(span: DaySpan, records: RateRecord[]): Promise<void> {
    const { database } = this.#options;
    const codes = await readCodes(database);
    const [before, within, held] = await Promise.all([
      readRatesUpTo(database, codes, addDays(span.from, -1)),
      this.#storedWithin(span, codes),
      database.kysely.selectFrom('held_rates').selectAll().execute(),
    ]);
    this.#held = held;
    this.#judge.observeAll(before, []);
    const taken = new Set(within.map(keyOf));
    const fetched = records.map((record) => rateRow(record, this.#source));
    const others = [...fetched, ...held.filter((row) => row.observed_on <= span.to)];
    const believed = this.#judge.observeAll(
      within,
      others.filter((row) => !taken.has(keyOf(row))),
    );
    this.fetched += new Set(records.map(({ observedOn }) => observedOn)).size;
    await this.#write(codes, believed, this.#judge.takeDropped());
  }

  /** What is stored after the last day decides the open cases. A jump that is the newest of all waits for a refresh. */
  async finish({ to }: DaySpan): Promise<void> {
    const { database, batchSize } = this.#options;
    const codes = await readCodes(database);
    const next = await readRatesAfter(database, codes, to);
    const confirmed = this.#judge.observeAll(
      next,
      this.#held.filter((row) => row.observed_on > to),
    );
    const { believed, quarantined } = this.#judge.finish();
    const dropped = this.#judge.takeDropped();
    const hold = database.upsert('held_rates', quarantined, ['currency_code'], batchSize);
    await this.#write(codes, [...confirmed, ...believed], [...dropped, ...quarantined], hold);
  }

  /** When days are fetched again, rates of the same source are judged again. */
  async #storedWithin(span: DaySpan, codes: readonly string[]): Promise<ExchangeRateRow[]> {
    const { database, again } = this.#options;
    if (codes.length === 0) return [];
    return ratesWithin(database, codes, span)
      .selectAll()
      .$if(again === true, (rows) => rows.where('source', '!=', this.#source))
      .execute();
  }

  async #write(
    codes: readonly string[],
    believed: ExchangeRateRow[],
    dropped: ExchangeRateRow[],
    more: Statement[] = [],
  ): Promise<void> {
    const { database, batchSize } = this.#options;
    this.heldBack += dropped.length;
    const last = new Map(believed.map((row) => [row.currency_code, row.observed_on]));
    const newcomers = [...last.keys()].filter((code) => !codes.includes(code));
    const released = this.#held.filter((row) => (last.get(row.currency_code) ?? '') >= row.observed_on);
    await database.writeAtomically([
      ...database.upsert('currencies', newcomers.map(unnamed), ['code'], batchSize),
      ...database.upsert('exchange_rates', believed, ['currency_code', 'observed_on'], batchSize),
      ...Array.from(chunk(dropped, batchSize), (batch) => deletion(database, batch)),
      ...releases(
        database,
        released.map((row) => row.currency_code),
      ),
      ...more,
    ]);
  }
}

const keyOf = ({ currency_code, observed_on }: ExchangeRateRow) => `${currency_code} ${observed_on}`;

/** Of rates that an earlier run has believed and this one does not. */
function deletion({ kysely }: Database, rows: ExchangeRateRow[]): Statement {
  return kysely
    .deleteFrom('exchange_rates')
    .where((eb) =>
      eb.or(rows.map(({ currency_code, observed_on, source }) => eb.and({ currency_code, observed_on, source }))),
    );
}

/** What is known of one currency up to a day. */
interface Track {
  last: ExchangeRateRow;
  /** The first observation of all, as long as no other has agreed with it. */
  isAlone: boolean;
  /** A jump that the next observation may confirm. */
  candidate?: ExchangeRateRow;
}

/**
 * Decides which past observations are believed, by the rule of a refresh: a jump has to be seen twice. Because it also
 * sees what came afterwards, the first observation of a currency has to agree with another one as well.
 */
export class DayByDay {
  readonly #tracks = new Map<string, Track>();
  #dropped: ExchangeRateRow[] = [];

  /**
   * Takes the observations of a currency in the order of their days, and returns those that can be stored now: this one,
   * or earlier ones that it confirms. One that is stored already is believed.
   */
  observe(row: ExchangeRateRow, isStored = false): ExchangeRateRow[] {
    const track = this.#tracks.get(row.currency_code);
    if (!track) {
      this.#tracks.set(row.currency_code, { last: row, isAlone: !isStored });
      return [];
    }
    const { last, isAlone, candidate } = track;
    if ((candidate ?? last).observed_on >= row.observed_on) return [];
    const believed = believedBy(row, isStored ? undefined : last, candidate);
    const isBelieved = believed.length > 0;
    if (isAlone && isBelieved && isPlausible(row, last)) believed.unshift(last);
    for (const wrong of [candidate, isBelieved && isAlone ? last : undefined]) {
      if (wrong && !believed.includes(wrong)) this.#dropped.push(wrong);
    }
    this.#tracks.set(row.currency_code, isBelieved ? { last: row, isAlone: false } : { ...track, candidate: row });
    return believed.filter((it) => it !== row || !isStored);
  }

  /** The same for several currencies and days. */
  observeAll(stored: ExchangeRateRow[], others: ExchangeRateRow[]): ExchangeRateRow[] {
    const known = new Set(stored);
    return [...stored, ...others]
      .sort((a, b) => (a.observed_on < b.observed_on ? -1 : 1))
      .flatMap((row) => this.observe(row, known.has(row)));
  }

  /** What turned out to be wrong since the last call. */
  takeDropped(): ExchangeRateRow[] {
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  /** First observations that there was nothing to compare with, and jumps that nothing has confirmed yet. */
  finish(): { believed: ExchangeRateRow[]; quarantined: ExchangeRateRow[] } {
    const tracks = [...this.#tracks.values()];
    return {
      believed: tracks.filter(({ isAlone }) => isAlone).map(({ last }) => last),
      quarantined: tracks.flatMap(({ candidate }) => candidate ?? []),
    };
  }
}
