import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Environment } from '../../src/env.js';
import { startApp, type TestApp } from '../app.js';
import { createTestDatabase, describeMostServers } from '../databases.js';

const NAME = '{ country(code: "CH") { name } }';
const STATUS = '{ status { stale totalCountries running { id } lastRefreshedAt } }';
const PAST = '{ currency(code: "EUR") { rate(on: "2020-01-01") { rate } } }';

describeMostServers('a server whose %s database is away', (dialect) => {
  const opened: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const it of opened.splice(0).toReversed()) await it.close();
  });

  const serve = async (env: Environment = {}) => {
    const testDatabase = await createTestDatabase(dialect);
    opened.push({ close: () => testDatabase.remove() });
    const url = new URL(testDatabase.url);
    const gate = await startGate(Number(url.port), url.hostname);
    opened.push(gate);
    url.hostname = '127.0.0.1';
    url.port = String(gate.port);
    const app = await startApp(url.href, { REFRESH_ON_START: 'never', ...env });
    opened.push(app);
    await app.context.services.refreshes.start().done;
    await app.context.services.refreshes.drawn();
    await app.post(NAME);
    return { app, gate };
  };
  const scrape = async ({ url }: TestApp) => (await fetch(`${url}/metrics`)).text();

  it('serves what it has, and says so, until the database is back', async () => {
    const { app, gate } = await serve();
    const { headers, data } = await app.post(STATUS);
    expect([headers.get('x-data-stale'), data?.status]).toEqual([
      null,
      expect.objectContaining({ stale: false, totalCountries: 250 }),
    ]);

    await gate.shut();
    await expect.poll(async () => (await app.post(NAME)).headers.get('x-data-stale')).toMatch(/^\d+$/);
    // Once from the response cache, once from the snapshot.
    for (const query of [NAME, '{ country(code: "DE") { name currency { code } } }']) {
      expect(await app.post(query)).toMatchObject({ errors: [], data: { country: { name: expect.any(String) } } });
    }
    expect((await app.post(STATUS)).data?.status).toMatchObject({ stale: true, totalCountries: 250, running: null });
    expect((await fetch(`${app.url}/countries/image`)).status).toBe(200);
    const ready = await fetch(`${app.url}/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'unavailable', servesStaleData: true }]);
    const metrics = await scrape(app);
    expect(metrics).toMatch(/^country_exchange_database_up 0$/m);
    expect(metrics).toMatch(/^country_exchange_stale 1$/m);
    expect(metrics).toMatch(/^country_exchange_countries 250$/m);
    // What is not in memory is an error, and so is a change.
    for (const query of [PAST, 'mutation { deleteCountry(code: "CH") { code } }']) {
      expect((await app.post(query)).errors[0]?.extensions?.code).toBe('DATABASE_UNAVAILABLE');
    }
    expect((await app.post(NAME)).data).toEqual({ country: { name: 'Switzerland' } });

    await gate.open();
    await expect.poll(async () => (await app.post(STATUS)).headers.get('x-data-stale'), { timeout: 10_000 }).toBeNull();
    expect((await app.post(STATUS)).data?.status).toMatchObject({ stale: false });
    expect(await scrape(app)).toMatch(/^country_exchange_database_up 1$/m);
    expect((await app.post(PAST)).errors).toEqual([]);
  });

  it('is to blame, and not the query, when the database hangs past QUERY_TIMEOUT', async () => {
    const { app, gate } = await serve({ QUERY_TIMEOUT: '6' });
    gate.freeze();
    const [query, file] = await Promise.all([app.post(PAST), fetch(`${app.url}/data/rates.csv?on=2020-01-01`)]);
    expect([query.status, query.errors[0]?.extensions?.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
    expect([file.status, await file.json()]).toEqual([
      503,
      { error: 'The database is not available', code: 'DATABASE_UNAVAILABLE' },
    ]);
  });

  it('lets no query wait when the database neither answers nor refuses', async () => {
    const { app, gate } = await serve();
    gate.freeze();
    const slowest = async (queries: string[], during: number) => {
      let slowestMs = 0;
      for (const end = performance.now() + during; performance.now() < end; ) {
        for (const query of queries) {
          const askedAt = performance.now();
          expect((await app.post(query)).errors).toEqual([]);
          slowestMs = Math.max(slowestMs, performance.now() - askedAt);
        }
      }
      return slowestMs;
    };
    expect(await slowest([NAME, '{ countries(first: 3) { totalCount } }'], 3_000)).toBeLessThan(1_000);
    await expect
      .poll(async () => (await app.post(NAME)).headers.get('x-data-stale'), { timeout: 10_000 })
      .not.toBeNull();
    expect(await slowest([STATUS], 1_000)).toBeLessThan(1_000);
  });
});

/** Sits between a server and its database. */
async function startGate(port: number, host: string) {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const gate = createServer((client) => {
    if (isFrozen) return void sockets.add(client.on('error', () => client.destroy()));
    const server = connect(port, host);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await once(gate.listen(0, '127.0.0.1'), 'listening');
  const { port: own } = gate.address() as AddressInfo;
  /** Nothing listens any more, and open connections end. */
  const shut = async () => {
    const closed = once(gate.close(), 'close');
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };
  return {
    port: own,
    shut,
    open: () => once(gate.listen(own, '127.0.0.1'), 'listening'),
    /** Nothing passes any more, and nothing ends. */
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: async () => {
      if (gate.listening) await shut();
    },
  };
}
