import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type DialectName, type TestDatabase, testDialects } from '../databases.js';
import { createRefresher } from '../refresh/refresher.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { databaseFaults } from './database-faults.js';
import type { Fault } from './fault.js';
import { processFaults } from './process-faults.js';
import { checkTable, type Seen } from './reliability-table.js';
import { sourceFaults } from './source-faults.js';
import { outcomeOf, play } from './stage.js';

const faults = [...sourceFaults, ...databaseFaults, ...processFaults];
const seen: Seen[] = [];

describe.each(testDialects)('on %s, whatever fails, the data are those of before or of after:', (dialect) => {
  let upstream: Upstream;
  let testDatabase: TestDatabase;

  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.facts.ratesOn = '2019-12-31';
    testDatabase = await createTestDatabase(dialect);
    const refreshes = await createRefresher(testDatabase.database, upstream);
    await outcomeOf(refreshes);
    await refreshes.close();
  });
  afterAll(async () => {
    await testDatabase.remove();
    await upstream.close();
  });

  it.each(possibleOn(dialect).map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    const played = await play(fault, upstream, testDatabase);
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
