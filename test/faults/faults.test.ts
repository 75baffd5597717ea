import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createTestDatabase, type DialectName, mostDialects, oneDialect, type TestDatabase } from '../databases.js';
import { startUpstream } from '../upstream/upstream.js';
import { databaseFaults } from './database-faults.js';
import { dialectsOf, type Fault } from './fault.js';
import { processFaults } from './process-faults.js';
import { checkTable, type Seen } from './reliability-table.js';
import { noSmallDisk, type ServerOnSmallDisk, type SmallDisk, startOnSmallDisk } from './small-disk.js';
import { sourceFaults } from './source-faults.js';
import { play, type Scene, setScene } from './stage.js';

const faults = [...sourceFaults, ...databaseFaults, ...processFaults];
const seen: Seen[] = [];
/** Of the others only what can happen on them alone. */
const dialects = oneDialect('mysql');

describe.each(mostDialects)('on %s, whatever fails, the data are the old ones or the new ones:', (dialect) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await sceneOn(await createTestDatabase(dialect));
  });
  afterAll(() => clear(scene));

  it.each(named(possibleOn(dialect)))('%s', (_, fault) => check(fault, dialect, scene));
});

const smallDisk = mostDialects.includes('mysql') && noSmallDisk === null;
if (!smallDisk) console.log(`Skipped: a full disk under a database server, for ${noSmallDisk ?? 'there is none'}.`);

describe.runIf(smallDisk)('on a server with a small disk, whatever fails, the same holds:', () => {
  let server: ServerOnSmallDisk | undefined;
  let scene: Scene;

  beforeAll(async () => {
    server = await startOnSmallDisk();
    if (server) scene = await sceneOn(await createTestDatabase('mysql', server.url), server);
  });
  afterAll(async () => {
    await clear(scene);
    await server?.stop();
  });

  it.each(named(faults.filter(({ onSmallDisk }) => onSmallDisk)))('%s', (_, fault) => check(fault, 'mysql', scene));
});

describe('docs/reliability.md', () => {
  it('tells what was seen', async () => {
    await checkTable(faults, seen);
  });
});

function possibleOn(dialect: DialectName): Fault[] {
  const possible = faults.filter((fault) => !fault.onSmallDisk && dialectsOf(fault).includes(dialect));
  return dialects.includes(dialect) ? possible : possible.filter(({ only }) => only === dialect);
}

function named(some: readonly Fault[]): [string, Fault][] {
  return some.map((fault) => [fault.name, fault]);
}

async function check(fault: Fault, dialect: DialectName, scene: Scene): Promise<void> {
  const played = await play(fault, scene);
  expect(played.saw).toMatch(fault.sees);
  if (fault.data !== 'either') expect(played.data).toBe(fault.data);
  seen.push({ fault, dialect, ...played });
}

async function sceneOn(testDatabase: TestDatabase, disk?: SmallDisk): Promise<Scene> {
  const folder = await mkdtemp(join(inject('testFolder'), 'faults-'));
  vi.stubEnv('TMPDIR', folder);
  const place = { upstream: await startUpstream(), testDatabase, folder };
  return setScene(disk ? { ...place, disk } : place);
}

async function clear({ testDatabase, upstream }: Scene): Promise<void> {
  vi.unstubAllEnvs();
  await testDatabase.remove();
  await upstream.close();
}
