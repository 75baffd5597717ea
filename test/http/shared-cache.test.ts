import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startApp } from '../app.js';
import { createEmptyDatabase } from '../databases.js';
import { addressOf, get } from './get.js';
import { NGINX, startNginx } from './nginx.js';
import { type Served, serve } from './serve.js';

if (!NGINX) console.log('Skipped: the tests behind nginx, because no nginx was found.');

test.runIf(process.env.CI === 'true')('nginx is installed where nothing may be skipped', () => {
  expect(NGINX).toBeDefined();
});

const REFRESHED = addressOf('{ country(code: "CI") { lastRefreshedAt } }');
const COUNTRIES = addressOf('{ countries { nodes { code name population } } }');

const cacheOf = ({ headers }: Awaited<ReturnType<typeof get>>) => headers.get('x-cache-status');

/** A server behind nginx, and how many requests reached the server itself. */
async function behindNginx(env: Record<string, string>) {
  const app = await serve(env);
  const nginx = await startNginx(app.port);
  afterAll(() => nginx.stop());
  let requests = 0;
  app.server.server.on('request', () => {
    requests += 1;
  });
  return { app, url: nginx.url, requests: () => requests };
}

describe.runIf(NGINX)('behind nginx', () => {
  describe('with responses that are kept', () => {
    let url: string;
    let app: Served;
    let requests: () => number;
    beforeAll(async () => {
      ({ app, url, requests } = await behindNginx({ CACHE_MAX_AGE: '600', CORS_ORIGINS: 'https://a.example' }));
    });

    test('10,000 requests cost the server one for each address', async () => {
      const hash = createHash('sha256').update('{ currencies { code } }').digest('hex');
      const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } });
      await get(`${app.url}${addressOf('{ currencies { code } }', { extensions })}`);
      const addresses = [
        ...['CI', 'CH', 'FR', 'JP'].map((code) => addressOf(`{ country(code: "${code}") { name exchangeRate } }`)),
        COUNTRIES,
        `/graphql?${new URLSearchParams({ extensions })}`,
        '/countries/image',
        '/data/countries.csv',
      ];
      const before = requests();
      const bodies = new Map<string, Set<string>>();
      let left = 10_000;
      const ask = async () => {
        while (left > 0) {
          left -= 1;
          const address = addresses[left % addresses.length] as string;
          // Takes half the time of fetch.
          const { statusCode, body } = await request(`${url}${address}`);
          if (statusCode !== 200) throw new Error(`${statusCode} from ${address}`);
          // Decoding all of it as text takes longer than everything else here.
          const content = createHash('sha256').update(await body.bytes());
          bodies.set(address, (bodies.get(address) ?? new Set()).add(content.digest('hex')));
        }
      };
      await Promise.all(Array.from({ length: 50 }, ask));
      expect(requests() - before).toBe(addresses.length);
      expect(addresses.map((address) => bodies.get(address)?.size)).toEqual(addresses.map(() => 1));
    }, 120_000);

    test('every form of a response is kept separately', async () => {
      const forms = [
        { accept: 'application/json', 'accept-encoding': 'gzip' },
        { accept: 'application/json', 'accept-encoding': 'br' },
        { accept: 'application/graphql-response+json', 'accept-encoding': 'gzip' },
        { accept: 'application/json', 'accept-encoding': 'gzip', origin: 'https://a.example' },
      ];
      const headOf = ({ headers }: Awaited<ReturnType<typeof get>>) =>
        ['content-type', 'content-encoding', 'access-control-allow-origin'].map((name) => headers.get(name));
      for (const form of forms) {
        const direct = await get(`${app.url}${COUNTRIES}`, form);
        const first = await get(`${url}${COUNTRIES}`, form);
        const second = await get(`${url}${COUNTRIES}`, form);
        expect([first, second].map(cacheOf)).toEqual(['MISS', 'HIT']);
        for (const it of [first, second]) {
          expect(headOf(it)).toEqual(headOf(direct));
          expect(it.text).toBe(direct.text);
        }
      }
    });

    test('a client that has the response gets 304 from the cache', async () => {
      const tag = (await get(`${url}${COUNTRIES}`)).headers.get('etag') ?? '';
      const before = requests();
      expect(await get(`${url}${COUNTRIES}`, { 'if-none-match': tag })).toMatchObject({ status: 304, text: '' });
      expect(requests()).toBe(before);
    });

    test.each([
      ['an error', addressOf('{ convert(amount: 1, from: "XXX", to: ["CHF"]) { result } }'), {}],
      ['a query that is refused', addressOf('{ nothing }'), {}],
      ['what depends on the moment', addressOf('{ status { stale } }'), {}],
      ['a mutation by GET', addressOf('mutation { deleteCountry(code: "CI") { code } }'), {}],
      ['what was asked for with a token', addressOf('{ country(code: "DE") { code } }'), { authorization: 'Bearer x' }],
      ['the landing page', '/graphql', { accept: 'text/html' }],
      ['an unknown path', '/nothing', {}],
    ])('%s is not kept', async (_, address, headers) => {
      const before = requests();
      const answers = [await get(`${url}${address}`, headers), await get(`${url}${address}`, headers)];
      expect(answers.map(cacheOf)).toEqual(['MISS', 'MISS']);
      expect(requests() - before).toBe(2);
    });

    test('queries by POST go through', async () => {
      const post = () =>
        fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ country(code: \\"CI\\") { code } }"}',
        });
      const before = requests();
      for (const response of [await post(), await post()]) {
        expect(await response.json()).toEqual({ data: { country: { code: 'CI' } } });
      }
      expect(requests() - before).toBe(2);
    });
  });

  test('web sockets go through', async () => {
    const { url } = await behindNginx({});
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin: url });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [message] = await once(socket, 'message');
    expect(JSON.parse(String(message))).toEqual({ type: 'connection_ack' });
    socket.terminate();
  });

  /** Kept for a second, served for one more while they are renewed; nginx counts whole seconds. */
  const BOUND_MS = 3_000;

  test('after a refresh all see the new data within the bound', async () => {
    const { app, url } = await behindNginx({ CACHE_MAX_AGE: '1' });
    const timeIn = async () =>
      JSON.parse((await get(`${url}${REFRESHED}`)).text).data.country.lastRefreshedAt as string;
    const tagOf = async () => (await get(`${url}/countries/image`)).headers.get('etag');
    const [oldTime, oldTag] = [await timeIn(), await tagOf()];
    let isOver = false;
    let lastOld = 0;
    const watch = async () => {
      while (!isOver) {
        const askedAt = performance.now();
        if ((await timeIn()) === oldTime || (await tagOf()) === oldTag) lastOld = askedAt;
        await delay(5);
      }
    };
    const watchers = Array.from({ length: 20 }, watch);
    await app.context.services.refreshes.start().done;
    await app.context.services.refreshes.drawn();
    const refreshedAt = performance.now();
    await delay(BOUND_MS + 1_500);
    isOver = true;
    await Promise.all(watchers);
    expect(await timeIn()).not.toBe(oldTime);
    expect(lastOld).toBeGreaterThan(0);
    expect(lastOld - refreshedAt).toBeLessThan(BOUND_MS);
  });

  test('responses are revalidated by their ETag, and served while the server is away', async () => {
    const { url: database, drop } = await createEmptyDatabase('sqlite');
    const bundled = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled', GDP_URL: '', CACHE_MAX_AGE: '1' };
    const app = await startApp(database, bundled);
    await app.context.services.refreshes.start().done;
    const statuses: number[] = [];
    app.server.server.on('request', (_, response) => response.once('finish', () => statuses.push(response.statusCode)));
    const nginx = await startNginx(Number(new URL(app.url).port));
    const { text } = await get(`${nginx.url}${COUNTRIES}`);
    await delay(2_100);
    await expect.poll(async () => cacheOf(await get(`${nginx.url}${COUNTRIES}`))).toMatch(/STALE|REVALIDATED/);
    await expect.poll(() => statuses).toContain(304);
    await app.close();
    await delay(3_100);
    const stale = await get(`${nginx.url}${COUNTRIES}`);
    expect(stale).toMatchObject({ status: 200, text });
    expect(cacheOf(stale)).toBe('STALE');
    await nginx.stop();
    await drop();
  });
});
