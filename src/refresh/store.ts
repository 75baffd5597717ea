import { batches } from '../db/batches.js';
import type { Database, Statement } from '../db/database.js';
import type { CountryCurrencyRow, RefreshRow } from '../db/tables.js';
import { toStored } from '../db/time.js';
import type { Merged } from './merge.js';
import type { Refresh } from './refresh.type.js';

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

export function reportStatements(database: Database, report: Refresh): Statement[] {
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
