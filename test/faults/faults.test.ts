import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createTestDatabase, type DialectName, type TestDatabase, testDialects } from '../databases.js';
import { startUpstream } from '../upstream/upstream.js';
import { databaseFaults } from './database-faults.js';
import type { Fault } from './fault.js';
import { processFaults } from './process-faults.js';
import { checkTable, type Seen } from './reliability-table.js';
import { sourceFaults } from './source-faults.js';
import { play, type Scene, setScene } from './stage.js';

const faults = [...sourceFaults, ...databaseFaults, ...processFaults];
const seen: Seen[] = [];

describe.each(testDialects)('on %s, whatever fails, the data are those of before or of after:', (dialect) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await sceneOn(await createTestDatabase(dialect));
  });
  afterAll(() => clear(scene));

  it.each(possibleOn(dialect).map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const played = await play(fault, scene);
    expect(played.saw).toMatch(fault.sees);
    if (fault.data !== 'either') expect(played.data).toBe(fault.data);
    seen.push({ fault, dialect, ...played });
  });
});

describe('docs/reliability.md', () => {
  it('tells what was seen', async () => {
    await checkTable(faults, seen);
  });
});

function possibleOn(dialect: DialectName): Fault[] {
  return faults.filter(({ only }) => only === undefined || only === dialect);
}

async function sceneOn(testDatabase: TestDatabase): Promise<Scene> {
  const folder = await mkdtemp(join(inject('testFolder'), 'faults-'));
  vi.stubEnv('TMPDIR', folder);
  return setScene({ upstream: await startUpstream(), testDatabase, folder });
}

async function clear({ testDatabase, upstream }: Scene): Promise<void> {
  await testDatabase.remove();
  await upstream.close();
  vi.unstubAllEnvs();
}
