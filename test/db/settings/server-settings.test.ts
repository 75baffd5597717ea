import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerDialect, serverDialects, serverUrl } from '../../databases.js';
import { isMariaDb, serverPrograms, startThrowawayServer, type ThrowawayServer } from '../throwaway-server.js';
import { MYSQL_SETTINGS } from './mysql-settings.js';
import { POSTGRES_SETTINGS } from './postgres-settings.js';
import { expectAllToWork, openScene, type ServerSetting } from './server-scene.js';

/** They can be set only when a server starts, so all the others are tried together with them. */
const AT_START = [
  '--loose-skip-character-set-client-handshake',
  '--character-set-server=utf8mb4',
  '--server-id=1',
  '--log-bin',
  '--loose-binlog-format=STATEMENT',
];

const programs = serverDialects.includes('mysql') ? serverPrograms() : [];

describe.each(programs)('%s', (binary) => {
  let server: ThrowawayServer;
  const other = isMariaDb(binary) ? 'MySQL' : 'MariaDB';
  beforeAll(async () => {
    const started = await startThrowawayServer({ binary, options: AT_START });
    if (!started) throw new Error(`${binary} does not start`);
    server = started;
  });
  afterAll(() => server?.stop());

  const settings = MYSQL_SETTINGS.filter(({ only }) => only !== other);

  it.each(settings)('$setting: $happens', (setting) => runOn('mysql', server.url, setting));
});

describe.runIf(serverDialects.includes('postgres'))('PostgreSQL', () => {
  it.each(POSTGRES_SETTINGS)('$setting: $happens', (setting) => runOn('postgres', serverUrl('postgres', {}), setting));
});

async function runOn(dialect: ServerDialect, server: string, setting: ServerSetting): Promise<void> {
  const { set, unset = defaults(set), run } = setting;
  const scene = await openScene(dialect, server, set, unset);
  try {
    if (run) await run(scene);
    else {
      await scene.apply();
      await expectAllToWork(scene);
    }
  } finally {
    await scene.close();
  }
}

function defaults(set: readonly string[]): string[] {
  return set.map((statement) => statement.replace(/=.*/, '= default'));
}

describe('docs/operations.md', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const rowsBelow = (heads: string) => page.split(`\n${heads}\n`)[1]?.split('\n\n')[0]?.split('\n').slice(1);

  it('has the table of the settings of MySQL', () => {
    const rows = MYSQL_SETTINGS.map(({ setting, only, happens }) => `| ${setting} | ${only ?? 'both'} | ${happens} |`);
    expect(rowsBelow('| setting | of | what happens |')).toEqual(rows);
  });

  it('has the table of the settings of PostgreSQL', () => {
    const rows = POSTGRES_SETTINGS.map(({ setting, happens }) => `| ${setting} | ${happens} |`);
    expect(rowsBelow('| setting | what happens |')).toEqual(rows);
  });
});
