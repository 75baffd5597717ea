import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { RefreshState } from '../../src/refresh/phases.js';
import { createTestDatabase, type TestDatabase, testDialects } from '../databases.js';
import { bytes, type CuttingProxy, startProxy } from '../db/cutting-proxy.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';
import { dataIn } from './tables.js';

describe.runIf(testDialects.includes('mysql'))('a refresh that loses the answer to its commit', () => {
  let test: TestDatabase;
  let proxy: CuttingProxy;
  let upstream: Upstream;
  let far: Database;

  beforeAll(async () => {
    test = await createTestDatabase('mysql');
    proxy = await startProxy(Number(new URL(test.url).port));
    upstream = await startUpstream();
    const url = Object.assign(new URL(test.url), { port: String(proxy.port) }).href;
    far = await test.connect({ url, poolSize: POOL_SIZE, maxOverflow: 0 });
    await fillPool(far);
  });
  afterAll(async () => {
    await test?.remove();
    await proxy?.close();
    await upstream?.close();
  });

  it('finds its own report on a new connection and succeeds, without writing again', async () => {
    const service = await createRefresher(far, upstream);
    // The second answer is as long as every one after it: nothing is new.
    for (let times = 0; times < 2; times++) await service.start().done;
    const answers = bytes(proxy.passed(), 'toClient');
    expect(sent(proxy)).toContain('commit');
    for (const country of upstream.facts.countries) country.population = (country.population ?? 0) + 1;

    // All but the last byte of the answer to the commit arrive.
    proxy.cutNext({ direction: 'toClient', afterBytes: answers - 1 });
    const report = await service.start().done;
    expect(report).toMatchObject({ state: RefreshState.SUCCEEDED, failure: null, updated: 250 });
    // This is the connection after the one that was lost: nothing was sent again.
    expect(sent(proxy)).not.toMatch(/\bcommit\b/);
    const { countries } = await dataIn(test.database);
    const populations = new Map(upstream.facts.countries.map(({ code, population }) => [code, population]));
    expect(countries.map(({ population }) => population)).toEqual(countries.map(({ code }) => populations.get(code)));
    expect(await service.reports.find(report.id)).toMatchObject({ state: RefreshState.SUCCEEDED });
    expect(await service.reports.newest(10)).toHaveLength(3);
    await service.close();
  });
});

const POOL_SIZE = 6;

/** So that the only connections opened later are those for the packets. */
async function fillPool({ kysely }: Database): Promise<void> {
  await Promise.all(Array.from({ length: POOL_SIZE }, () => sql`do sleep(0.1)`.execute(kysely)));
}

function sent(proxy: CuttingProxy): string {
  const toServer = proxy.passed().filter(({ direction }) => direction === 'toServer');
  return Buffer.concat(toServer.map(({ data }) => data)).toString('latin1');
}
