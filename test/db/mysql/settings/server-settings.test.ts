import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDialects } from '../../../databases.js';
import { isMariaDb, serverPrograms, startThrowawayServer, type ThrowawayServer } from '../../throwaway-server.js';
import { expectAllToWork, openScene } from './server-scene.js';
import { SETTINGS } from './server-settings.js';

/** They can be set at the start of a server only, so all of the others are tried together with them. */
const AT_START = [
  '--loose-skip-character-set-client-handshake',
  '--character-set-server=utf8mb4',
  '--server-id=1',
  '--log-bin',
  '--loose-binlog-format=STATEMENT',
];

const programs = testDialects.includes('mysql') ? serverPrograms() : [];

describe.each(programs)('%s', (binary) => {
  let server: ThrowawayServer;
  const other = isMariaDb(binary) ? 'MySQL' : 'MariaDB';
  beforeAll(async () => {
    const started = await startThrowawayServer({ binary, options: AT_START });
    if (!started) throw new Error(`${binary} does not start`);
    server = started;
  });
  afterAll(() => server?.stop());

  const settings = SETTINGS.filter(({ only }) => only !== other);

  it.each(settings)('$setting: $happens', { timeout: 60_000 }, async ({ set, unset = defaults(set), run }) => {
    const scene = await openScene(server.url, set, unset);
    try {
      if (run) await run(scene);
      else {
        await scene.apply();
        await expectAllToWork(scene);
      }
    } finally {
      await scene.close();
    }
  });
});

describe('docs/operations.md', () => {
  it('has the table of the settings', () => {
    const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const rows = SETTINGS.map(({ setting, only, happens }) => `| ${setting} | ${only ?? 'both'} | ${happens} |`);
    const inDocument = page
      .split('\n| setting | of | what happens |\n|---|---|---|\n')[1]
      ?.split('\n\n')[0]
      ?.split('\n');
    expect(inDocument).toEqual(rows);
  });
});

function defaults(set: readonly string[]): string[] {
  return set.map((statement) => statement.replace(/=.*/, '= default'));
}
