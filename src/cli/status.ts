import type { Status } from '../refresh/refresh.type.js';
import { withContext } from './context.js';

export async function printStatus(json: boolean): Promise<void> {
  await withContext(async ({ services, database }) => {
    const status = await services.status.status();
    process.stdout.write(
      json ? `${JSON.stringify(status, null, 2)}\n` : `${table(status, database.label)}\n`,
    );
  });
}

function nextRefresh(at: string): [string, string] {
  return ['next refresh', `${at} at the earliest, by a server`];
}

function table(status: Status, database: string): string {
  const rows: [string, string][] = [
    ['database', database],
    ['countries', String(status.totalCountries)],
    ['last refresh', status.lastRefreshedAt ?? 'never'],
    ...(status.nextRefreshAt === null ? [] : [nextRefresh(status.nextRefreshAt)]),
    ['stale', status.stale ? 'yes' : 'no'],
    ['bundled data', status.bundled ? 'yes' : 'no'],
    ...status.sources.map((use): [string, string] => [
      use.provides.toLowerCase(),
      `${use.source}, ${use.observedAt ?? 'no date'}; ${use.attribution} (${use.licence})`,
    ]),
    ['version', status.version],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}${value}`).join('\n');
}
