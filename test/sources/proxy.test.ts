import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import type { Environment } from '../../src/env.js';
import { SourceUnavailableError } from '../../src/errors.js';
import { createHttpClient } from '../../src/sources/http-client.js';
import * as faults from '../upstream/faults.js';
import { startUpstream } from '../upstream/upstream.js';

const upstream = await startUpstream();
const { host } = new URL(upstream.urls.csc);
/** What the proxy was asked, and the credentials that came with it. */
let seen: [string | undefined, string | undefined][] = [];
const proxy = createServer((incoming, response) => {
  seen.push([incoming.url, incoming.headers['proxy-authorization']]);
  const { method, headers } = incoming;
  const onward = request(incoming.url ?? '', { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
});
proxy.on('connect', ({ url, headers }, socket) => {
  seen.push([`CONNECT ${url}`, headers['proxy-authorization']]);
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});
proxy.listen(0, '127.0.0.1');
await once(proxy, 'listening');
const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;

afterEach(() => {
  seen = [];
  upstream.restore();
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await upstream.close();
});

async function get(env: Environment, url: string, more = {}) {
  const { proxies } = readConfig(env).sources;
  const http = createHttpClient({ retryDelayMs: 1, proxies });
  const signal = AbortSignal.timeout(10_000);
  return http
    .getJson({ source: 'csc', url, signal, timeoutMs: 10_000, ...more })
    .catch((error: unknown) => error)
    .finally(() => http.close());
}

const variants = (name: string) =>
  [name, name.toLowerCase()].flatMap((it) => [
    [it, address],
    [it, `http://${address}`],
  ]);

describe('a proxy', () => {
  test.each(variants('HTTP_PROXY'))('of %s=%s is asked for http', async (name = '', value) => {
    expect(await get({ [name]: value }, upstream.urls.csc)).toMatchObject({ body: { length: 250 } });
    expect(seen).toEqual([[upstream.urls.csc, undefined]]);
  });

  test.each([...variants('HTTPS_PROXY'), ...variants('HTTP_PROXY')])(
    'of %s=%s is asked for a tunnel for https',
    async (name = '', value) => {
      const error = await get({ [name]: value }, 'https://api.example/x');
      expect(error).toBeInstanceOf(SourceUnavailableError);
      expect((error as SourceUnavailableError).reason).toMatch(/^Proxy response \(403\)/);
      expect(seen).toEqual([['CONNECT api.example:443', undefined]]);
    },
  );

  test('gets the user and the password of its address, and no error repeats them', async () => {
    const env = { HTTP_PROXY: `http://me:s%20cret@${address}` };
    const authorization = `Basic ${Buffer.from('me:s cret').toString('base64')}`;
    await get(env, upstream.urls.csc);
    const error = await get(env, 'https://api.example/x');
    expect(seen.map(([, credentials]) => credentials)).toEqual([authorization, authorization]);
    expect((error as SourceUnavailableError).details).not.toMatch(/cret/);
    expect(upstream.requests('csc')[0]?.headers['proxy-authorization']).toBe(authorization);
  });

  test('follows redirects with all headers', async () => {
    upstream.answer('csc', faults.redirectTo('?hop=1'), faults.good());
    const answer = await get({ HTTP_PROXY: address }, upstream.urls.csc, { bearerToken: 'secret' });
    expect(answer).toMatchObject({ body: { length: 250 } });
    expect(seen).toHaveLength(2);
    for (const { headers } of upstream.requests('csc')) {
      expect(headers).toMatchObject({ host, authorization: 'Bearer secret', accept: 'application/json' });
    }
  });

  test.each(['127.0.0.1', 'x.example, 127.0.0.1', 'x.example 127.0.0.1', host, '*', 'localhost,*'])(
    'is bypassed for the hosts of NO_PROXY=%s',
    async (hosts) => {
      for (const name of ['NO_PROXY', 'no_proxy']) {
        const answer = await get({ HTTP_PROXY: address, [name]: hosts }, upstream.urls.csc);
        expect(answer).toMatchObject({ body: { length: 250 } });
      }
      expect(seen).toEqual([]);
    },
  );

  test.each([
    ['[::1]', '::1'],
    ['[::1]', '[::1]'],
    ['api.example.invalid', '.example.invalid'],
    ['api.example.invalid', 'EXAMPLE.invalid'],
  ])('is bypassed for %s with NO_PROXY=%s', async (name, hosts) => {
    await get({ HTTP_PROXY: address, NO_PROXY: hosts }, `http://${name}:9/x`);
    expect(seen).toEqual([]);
  });

  test.each(['', '10.0.0.1', '7.0.0.1', 'example', '127.0.0.1:1'])(
    'is asked with NO_PROXY=%s, which names others',
    async (hosts) => {
      await get({ HTTP_PROXY: address, NO_PROXY: hosts }, upstream.urls.csc);
      expect(seen).toHaveLength(1);
    },
  );

  test('is not asked when it is empty, or for http when it is for https', async () => {
    await get({ HTTP_PROXY: '' }, upstream.urls.csc);
    await get({ HTTPS_PROXY: address }, upstream.urls.csc);
    expect(seen).toEqual([]);
    expect(upstream.requests('csc')).toHaveLength(2);
  });

  test('that is not there is an error with the host that could not be reached', async () => {
    const error = await get({ HTTP_PROXY: '127.0.0.1:9' }, upstream.urls.csc);
    expect((error as SourceUnavailableError).reason).toBe(`connection refused (${host}, by HTTP_PROXY or HTTPS_PROXY)`);
  });
});
