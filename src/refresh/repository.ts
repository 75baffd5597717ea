import { readLastRates } from '../currencies/currency.service.js';
import type { Database, Statement } from '../db/database.js';
import {
  type CountryCurrencyRow,
  type CountryRow,
  type CurrencyRow,
  type ExchangeRateRow,
  type RefreshRow,
  toStored,
} from '../db/tables.js';
import { batches } from '../db/write.js';
import type { Merged } from './merge.js';
import { RefreshState } from './phases.js';
import type { Refresh, SourceUse } from './refresh.type.js';

/** What the database holds before a refresh: what the answers of the sources are compared with. */
export interface Stored {
  countries: Map<string, CountryRow>;
  currencies: Map<string, CurrencyRow>;
  links: CountryCurrencyRow[];
  /** The last observation of each currency. */
  rates: Map<string, ExchangeRateRow>;
  /** Jumps of the last observation that were not believed. */
  held: Map<string, ExchangeRateRow>;
  /** The codes of countries that were deleted for good. */
  excluded: Set<string>;
  /** Where it came from. */
  sources: SourceUse[];
}

export async function readStored(database: Database): Promise<Stored> {
  const { kysely } = database;
  const [countries, currencies, links, rates, held, excluded, last] = await Promise.all([
    kysely.selectFrom('countries').selectAll().orderBy('code').execute(),
    kysely.selectFrom('currencies').selectAll().execute(),
    kysely.selectFrom('country_currencies').selectAll().orderBy('country_code').orderBy('position').execute(),
    readLastRates(database),
    kysely.selectFrom('held_rates').selectAll().execute(),
    kysely.selectFrom('removed_countries').select('code').execute(),
    new RefreshReports(database).lastSuccess(),
  ]);
  return {
    countries: new Map(countries.map((row) => [row.code, row])),
    currencies: new Map(currencies.map((row) => [row.code, row])),
    links,
    rates: new Map(rates.map((row) => [row.currency_code, row])),
    held: new Map(held.map((row) => [row.currency_code, row])),
    excluded: new Set(excluded.map((row) => row.code)),
    sources: last?.sources ?? [],
  };
}

/**
 * All that a refresh writes, in the order in which it is sent: multi-row upserts, and the report as the last, so that
 * the data and the account of them are there together or not at all.
 */
export function storeStatements(
  database: Database,
  merged: Merged,
  report: Refresh,
  batchSize: number,
): Statement[] {
  return [
    ...database.upsert('currencies', merged.currencies, ['code'], batchSize),
    ...database.upsert('countries', merged.countries, ['code'], batchSize),
    ...removals(database, merged.removedLinks, batchSize),
    ...database.upsert('country_currencies', merged.links, ['country_code', 'currency_code'], batchSize),
    ...database.upsert('exchange_rates', merged.rates, ['currency_code', 'observed_on'], batchSize),
    ...database.upsert('held_rates', merged.heldRates, ['currency_code'], batchSize),
    ...releases(database, merged.releasedRates),
    deletedMeanwhile(database),
    ...reportStatements(database, report),
  ];
}

function reportStatements(database: Database, report: Refresh): Statement[] {
  return database.upsert('refreshes', [reportRow(report)], ['id'], 1);
}

function removals({ kysely }: Database, links: CountryCurrencyRow[], batchSize: number): Statement[] {
  return Array.from(batches(links, batchSize), (batch) =>
    kysely
      .deleteFrom('country_currencies')
      .where((eb) =>
        eb.or(batch.map(({ country_code, currency_code }) => eb.and({ country_code, currency_code }))),
      ),
  );
}

function releases({ kysely }: Database, currencies: string[]): Statement[] {
  return currencies.length === 0
    ? []
    : [kysely.deleteFrom('held_rates').where('currency_code', 'in', currencies)];
}

/** What somebody has deleted for good since the refresh read what is stored. */
function deletedMeanwhile({ kysely }: Database): Statement {
  return kysely
    .deleteFrom('countries')
    .where('code', 'in', (eb) => eb.selectFrom('removed_countries').select('code'));
}

function reportRow(report: Refresh): RefreshRow {
  return {
    id: report.id,
    state: report.state,
    started_at: toStored(report.startedAt),
    finished_at: report.finishedAt === null ? null : toStored(report.finishedAt),
    report: JSON.stringify(report),
  };
}

/** The reports that refreshes leave behind. */
export class RefreshReports {
  readonly #database: Database;
  /** How many are kept, the last success always among them. */
  readonly #kept: number;

  constructor(database: Database, kept = 100) {
    this.#database = database;
    this.#kept = kept;
  }

  /** The last refresh that changed the data. Null before the first. */
  async lastSuccess(): Promise<Refresh | null> {
    const row = await this.#newestFirst()
      .where('state', '=', RefreshState.SUCCEEDED)
      .limit(1)
      .executeTakeFirst();
    return row ? (JSON.parse(row.report) as Refresh) : null;
  }

  /** Whether the data of this refresh are stored: its report is written with them, in the same transaction. */
  async hasSucceeded(id: string): Promise<boolean> {
    const row = await this.#database.kysely
      .selectFrom('refreshes')
      .select('id')
      .where('id', '=', id)
      .where('state', '=', RefreshState.SUCCEEDED)
      .executeTakeFirst();
    return row !== undefined;
  }

  async find(id: string): Promise<Refresh | null> {
    // Which no database takes as a text, and no id has.
    if (id.includes('\0')) return null;
    const row = await this.#database.kysely
      .selectFrom('refreshes')
      .select('report')
      .where('id', '=', id)
      .executeTakeFirst();
    return row ? (JSON.parse(row.report) as Refresh) : null;
  }

  async newest(first: number): Promise<Refresh[]> {
    const rows = await this.#newestFirst().limit(first).execute();
    return rows.map((row) => JSON.parse(row.report) as Refresh);
  }

  /** With statements that are to be executed along with it, or not at all. */
  async save(report: Refresh, ...others: Statement[]): Promise<void> {
    await this.#database.writeAtomically([...reportStatements(this.#database, report), ...others]);
  }

  /** Deletes the reports beyond the number that is kept. */
  async prune(): Promise<void> {
    const [last, beyond] = await Promise.all([
      this.lastSuccess(),
      this.#newestFirst().select('id').offset(this.#kept).limit(1000).execute(),
    ]);
    const old = beyond.map((row) => row.id).filter((id) => id !== last?.id);
    if (old.length > 0) await this.#database.kysely.deleteFrom('refreshes').where('id', 'in', old).execute();
  }

  #newestFirst() {
    return this.#database.kysely
      .selectFrom('refreshes')
      .select('report')
      .orderBy('started_at', 'desc')
      .orderBy('id');
  }
}
