import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/db/database.js';
import { createTestDatabase, type TestDatabase, testDialects } from '../../databases.js';
import { blockProcess } from '../../processes.js';
import { type CuttingProxy, startProxy } from '../cutting-proxy.js';
import { countryRow } from '../rows.js';

/** One server under two addresses, each of which can fail. */
describe.runIf(testDialects.includes('mysql'))('of two MySQL hosts', () => {
  let test: TestDatabase;
  let port: number;
  let proxies: [CuttingProxy, CuttingProxy];
  let warnings: string[];
  beforeEach(async () => {
    test = await createTestDatabase('mysql');
    port = Number(new URL(test.url).port);
    proxies = [await startProxy(port), await startProxy(port)];
    warnings = [];
  });
  afterEach(async () => {
    await test.remove();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  const connect = (ports = proxies.map((proxy) => proxy.port)): Promise<Database> => {
    const { hostname, host } = new URL(test.url);
    const url = test.url.replace(host, ports.map((it) => `${hostname}:${it}`).join());
    return test.connect({ url, poolSize: 2, maxOverflow: 2, onWarning: (message) => warnings.push(message) });
  };
  const name = ({ port: own }: CuttingProxy) => `The database at 127.0.0.1:${own}`;
  const passed = ({ passed: log }: CuttingProxy) => log().length > 0;

  it('the first gets everything while it can be used', async () => {
    const database = await connect();
    await database.writeAtomically([database.kysely.insertInto('countries').values(countryRow('AA'))]);
    expect(proxies.map(passed)).toEqual([true, false]);
    expect(database.poolState()).toEqual({ inUse: 0, idle: 1, waiting: 0 });
    expect(database.label).toMatch(/^mysql:\/\/127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\/country_exchange_test_\w+$/);
    expect(warnings).toEqual([]);
  });

  it('the second is used when nothing listens at the first', async () => {
    const [first, second] = proxies;
    await first.close();
    const database = await connect();
    await database.checkReady();
    expect(warnings).toEqual([expect.stringContaining(`${name(first)} is not used for now: connect ECONNREFUSED`)]);
    expect(passed(second)).toBe(true);
  });

  it('no read fails when the first is lost, and it is used again when it is back', async () => {
    const database = await connect();
    const [first] = proxies;
    // With the number alone, a fast machine would be done before the first is lost.
    const reading = readUntil(database, (reads) => reads > 200 && database.failovers() > 0);
    await sleep(50);
    first.refuseAll();
    expect(await reading).toBeLessThan(1_000);
    expect(database.failovers()).toBe(1);

    await first.close();
    proxies[0] = await startProxy(port, first.port);
    await expect.poll(() => database.failovers(), { timeout: 5_000 }).toBe(2);
    await database.checkReady();
    expect(passed(proxies[0])).toBe(true);
    expect(warnings).toEqual([
      expect.stringContaining(`${name(first)} is not used for now`),
      `${name(first)} is used again`,
    ]);
  });

  it('one that hangs is abandoned within four seconds, and its query goes to the other', async () => {
    const database = await connect();
    // The check must first open a connection of its own.
    await sleep(1_500);
    proxies[0].freeze();
    const startedAt = performance.now();
    expect(await sql`select 1 as one`.execute(database.kysely)).toMatchObject({ rows: [{ one: 1 }] });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(warnings).toEqual([`${name(proxies[0])} is not used for now: it does not answer within 2000 ms`]);
  });

  it('one that is slow, while this process is busy too, is not abandoned', async () => {
    const database = await connect();
    await sleep(1_500);
    blockProcess(3_500);
    await sleep(2_000);
    await sql`select sleep(3)`.execute(database.kysely);
    expect(warnings).toEqual([]);
  });

  it('a set is written once when the first is lost before it', async () => {
    const database = await connect();
    const writer = database.openWriter();
    await sleep(200);
    proxies[0].refuseAll();
    const wasCommitted = async () =>
      (await database.kysely.selectFrom('countries').select('code').execute()).length > 0;
    await writer.write(database.upsert('countries', [countryRow('AA')], ['code'], 1), { wasCommitted });
    writer.close();
    const { kysely } = test.database;
    expect(await kysely.selectFrom('countries').select('code').execute()).toEqual([{ code: 'AA' }]);
    expect(await kysely.selectFrom('data_version').select('version').execute()).toEqual([{ version: 1 }]);
  });

  it('neither is used when both are lost, until one is back', async () => {
    const database = await connect();
    for (const proxy of proxies) proxy.refuseAll();
    const addresses = proxies.map((proxy) => `127.0.0.1:${proxy.port}`).join();
    await expect(database.checkReady()).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining(`The connection to the database at ${addresses} was lost`),
    });
    await proxies[1].close();
    proxies[1] = await startProxy(port, proxies[1].port);
    await database.checkReady();
  });

  /** One read after the other. Returns how many milliseconds the longest took. */
  async function readUntil({ kysely }: Database, isEnough: (reads: number) => boolean): Promise<number> {
    let longestMs = 0;
    for (let reads = 0; !isEnough(reads); reads++) {
      const startedAt = performance.now();
      await kysely.selectFrom('data_version').select('version').execute();
      longestMs = Math.max(longestMs, performance.now() - startedAt);
    }
    return longestMs;
  }
});
