import { existsSync } from 'node:fs';
import { loadConfig } from '../config.js';
import { SnapshotCache } from '../countries/snapshot-cache.js';
import { databaseFile } from '../db/url.js';
import { DatabaseUnavailableError } from '../errors.js';
import type { DataSource } from '../provenance/provenance.type.js';
import { RefreshLease } from '../refresh/lease.js';
import type { Status } from '../refresh/refresh.type.js';
import { nextRun } from '../refresh/schedule.js';
import { StatusService } from '../refresh/status.service.js';
import { withDatabase } from './command.js';

/** Reads only: it neither creates nor migrates a database. */
export async function printStatus(json: boolean): Promise<void> {
  expectDatabase(loadConfig().database.url);
  await withDatabase(async ({ config, database }) => {
    await database.checkReady();
    const lease = new RefreshLease(database);
    const service = new StatusService({
      snapshots: new SnapshotCache(database),
      refreshes: { running: () => lease.running() },
      nextRefreshAt: () => nextRun(config.refresh.schedule),
    });
    const status = await service.status();
    process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : `${table(status, database.label)}\n`);
  });
}

/** Connecting to a SQLite file that is missing would create it. */
function expectDatabase(url: string): void {
  const file = databaseFile(url);
  if (file === null || existsSync(file)) return;
  throw new DatabaseUnavailableError(
    `There is no database ${file}: set DATABASE_URL, or create it with "country-exchange refresh"`,
  );
}

function table(status: Status, database: string): string {
  const { nextRefreshAt, licence } = status;
  const rows: [string, string | number | null][] = [
    ['database', database],
    ['countries', status.totalCountries],
    ['last refresh', status.lastRefreshedAt ?? 'never'],
    ['next refresh', nextRefreshAt && `${nextRefreshAt} at the earliest, by a server`],
    ['stale', status.stale ? 'yes' : 'no'],
    ['bundled data', status.bundled ? 'yes' : 'no'],
    ...status.sources.map((source): [string, string] => [source.figures.toLowerCase(), sourceLine(source)]),
    ['licence', licence && `${licence.id} for all of it, ${licence.url}`],
    ['version', status.version],
  ];
  const known = rows.filter(([, value]) => value !== null);
  return known.map(([name, value]) => `${name.padEnd(14)}${value}`).join('\n');
}

function sourceLine({ name, bundled, count, observedFrom, observedTo, attribution, licence }: DataSource): string {
  const days = observedFrom === observedTo ? (observedTo ?? 'no date') : `${observedFrom} to ${observedTo}`;
  return `${count} from ${name}${bundled ? ' (bundled)' : ''}, ${days}; ${attribution} (${licence})`;
}
