import { byCode, readLastRates } from '../currencies/repository.js';
import type { Database, Statement } from '../db/database.js';
import { type CountryCurrencyRow, type RefreshRow, toStored } from '../db/tables.js';
import { chunk } from '../db/write.js';
import { withoutImpossibleGdp } from './country-policy.js';
import type { Merged, Stored } from './model.js';
import { RefreshState } from './phases.js';
import type { Refresh } from './refresh.type.js';

export async function readStored(database: Database): Promise<Stored> {
  const { kysely } = database;
  const [countries, currencies, links, rates, quarantined, excluded, last] = await Promise.all([
    kysely.selectFrom('countries').selectAll().orderBy('code').execute(),
    kysely.selectFrom('currencies').selectAll().execute(),
    kysely.selectFrom('country_currencies').selectAll().orderBy('country_code').orderBy('position').execute(),
    readLastRates(database),
    kysely.selectFrom('held_rates').selectAll().execute(),
    kysely.selectFrom('removed_countries').select('code').execute(),
    new RefreshReports(database).lastSuccess(),
  ]);
  return {
    countries: new Map(countries.map((row) => [row.code, withoutImpossibleGdp(row)])),
    currencies: new Map(currencies.map((row) => [row.code, row])),
    links,
    rates: byCode(rates),
    quarantined: byCode(quarantined),
    excluded: new Set(excluded.map((row) => row.code)),
    sources: last?.sources ?? [],
    refreshedAt: last?.finishedAt ?? null,
  };
}

/** What a refresh writes: multi-row upserts, and its report, in the order in which they are sent. */
export function refreshStatements(database: Database, merged: Merged, report: Refresh, batchSize: number): Statement[] {
  return [
    ...database.upsert('currencies', merged.currencies, ['code'], batchSize),
    ...database.upsert('countries', merged.countries, ['code'], batchSize),
    ...removals(database, merged.removedLinks, batchSize),
    ...database.upsert('country_currencies', merged.links, ['country_code', 'currency_code'], batchSize),
    ...database.upsert('exchange_rates', merged.rates, ['currency_code', 'observed_on'], batchSize),
    ...database.upsert('held_rates', merged.quarantinedRates, ['currency_code'], batchSize),
    ...releases(database, merged.releasedRates),
    // Countries that were deleted permanently after the refresh had read what is stored.
    database.kysely
      .deleteFrom('countries')
      .where('code', 'in', (eb) => eb.selectFrom('removed_countries').select('code')),
    ...newReport(database, report),
  ];
}

function storeReport(database: Database, report: Refresh): Statement[] {
  const row: RefreshRow = {
    id: report.id,
    state: report.state,
    started_at: toStored(report.startedAt),
    finished_at: report.finishedAt === null ? null : toStored(report.finishedAt),
    report: JSON.stringify(report),
  };
  return database.upsert('refreshes', [row], ['id'], 1);
}

/** Also assigns its place in the order of all reports. */
function newReport(database: Database, report: Refresh): Statement[] {
  const numbered = database.kysely
    .updateTable('refreshes')
    .set((eb) => ({ sequence: eb.selectFrom('refresh_lease').select('token').where('name', '=', 'refresh') }))
    .where('id', '=', report.id)
    .where('sequence', '=', 0);
  return [...storeReport(database, report), numbered];
}

function removals({ kysely }: Database, links: CountryCurrencyRow[], batchSize: number): Statement[] {
  return Array.from(chunk(links, batchSize), (batch) =>
    kysely
      .deleteFrom('country_currencies')
      .where((eb) => eb.or(batch.map(({ country_code, currency_code }) => eb.and({ country_code, currency_code })))),
  );
}

/** Takes rates out of the quarantine. */
export function releases({ kysely }: Database, currencies: string[]): Statement[] {
  return currencies.length === 0 ? [] : [kysely.deleteFrom('held_rates').where('currency_code', 'in', currencies)];
}

/** The stored reports. */
export class RefreshReports {
  readonly #database: Database;
  /** How many are kept, the last success always included. */
  readonly #kept: number;

  constructor(database: Database, kept = 100) {
    this.#database = database;
    this.#kept = kept;
  }

  /** The last successful refresh. Null before the first. */
  async lastSuccess(): Promise<Refresh | null> {
    const row = await this.#newestFirst().where('state', '=', RefreshState.SUCCEEDED).limit(1).executeTakeFirst();
    return row ? (JSON.parse(row.report) as Refresh) : null;
  }

  async find(id: string): Promise<Refresh | null> {
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

  /** Stores the report of a refresh that has ended. No cached response depends on it, so the data version stays. */
  async save(report: Refresh, release?: Statement): Promise<void> {
    // The release first: two transactions that have read the lease would wait for each other to write it.
    const statements = [...(release ? [release] : []), ...newReport(this.#database, report)];
    await this.#database.writeAtomically(statements, { keepsDataVersion: true });
  }

  /** Stores what has been added since. */
  async update(report: Refresh): Promise<void> {
    await this.#database.writeAtomically(storeReport(this.#database, report), { keepsDataVersion: true });
  }

  /** Deletes the oldest reports. */
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
      .orderBy('sequence', 'desc')
      .orderBy('started_at', 'desc')
      .orderBy('id');
  }
}
