import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { serve } from './serve.js';

const query = '{ status { version } }';
const from = (address: string) => ({ 'x-forwarded-for': address });

describe('with RATE_LIMIT=5', async () => {
  const { post, url } = await serve({ RATE_LIMIT: '5', TRUSTED_PROXIES: 'loopback' });

  test('the sixth request of a client within a minute is refused, with the time to wait before a retry', async () => {
    for (let i = 0; i < 5; i += 1) expect((await post(query, {}, from('192.0.2.1'))).errors).toEqual([]);
    const { status, headers, errors } = await post(query, {}, from('192.0.2.1'));
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(errors[0]).toMatchObject({
      message: expect.stringMatching(/^More than 5 requests a minute \(RATE_LIMIT\); try again in \d+ s$/),
      extensions: { code: 'RATE_LIMITED' },
    });
  });

  test('other clients are served meanwhile', async () => {
    expect((await post(query, {}, from('192.0.2.2'))).errors).toEqual([]);
  });

  test('an IPv6 network is one client', async () => {
    for (let i = 1; i <= 5; i += 1) await post(query, {}, from(`2001:db8::${i}`));
    expect((await post(query, {}, from('2001:db8::ffff'))).status).toBe(429);
    expect((await post(query, {}, from('2001:db8:0:1::1'))).status).toBe(200);
  });

  test('an address that the client wrote before the one the proxy saw changes nothing', async () => {
    for (let i = 0; i < 5; i += 1) await post(query, {}, from(`203.0.113.${i}, 192.0.2.3`));
    expect((await post(query, {}, from('203.0.113.77, 192.0.2.3'))).status).toBe(429);
  });

  test('paths that do not exist count, health does not', async () => {
    const get = (path: string) => fetch(url + path, { headers: from('192.0.2.4') });
    for (let i = 0; i < 5; i += 1) expect((await get(`/guess-${i}`)).status).toBe(404);
    expect((await get('/guess')).status).toBe(429);
    expect((await get('/health')).status).toBe(200);
  });
});

test('guessing tokens is stopped by the limit, after which even the right one is refused', async () => {
  const { post } = await serve({
    ADMIN_TOKEN: 'the-right-one',
    RATE_LIMIT: '5',
    TRUSTED_PROXIES: 'loopback',
  });
  const guess = async (token: string) => {
    const headers = { ...from('192.0.2.1'), authorization: `Bearer ${token}` };
    const { errors } = await post('mutation { deleteCountry(code: "XX") { code } }', {}, headers);
    return errors[0]?.extensions?.code;
  };
  for (let i = 0; i < 5; i += 1) expect(await guess(`guess-${i}`)).toBe('UNAUTHENTICATED');
  expect(await guess('guess-5')).toBe('RATE_LIMITED');
  expect(await guess('the-right-one')).toBe('RATE_LIMITED');
});

test('queries that together cost more than COST_LIMIT are refused, cached ones are not', async () => {
  // A sixth of it can be spent at once: enough for two of these.
  const { post } = await serve({ COST_LIMIT: String(6 * 2_200), TRUSTED_PROXIES: 'loopback' });
  const all = (field: string) => `{ countries { nodes { code ${field} } } }`;
  expect((await post(all('name'), {}, from('2001:db8::1'))).errors).toEqual([]);
  expect((await post(all('alpha3'), {}, from('2001:db8::2'))).errors).toEqual([]);
  const { status, headers, errors } = await post(all('region'), {}, from('2001:db8::3'));
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(errors[0]?.extensions?.code).toBe('RATE_LIMITED');
  expect((await post(all('name'), {}, from('2001:db8::4'))).errors).toEqual([]);
  expect((await post(all('region'), {}, from('2001:db8:0:1::1'))).errors).toEqual([]);
});

test('without trusted proxies, forwarded addresses are ignored', async () => {
  const { post } = await serve({ RATE_LIMIT: '2' });
  for (let i = 0; i < 2; i += 1) await post(query, {}, from(`192.0.2.${i}`));
  expect((await post(query, {}, from('192.0.2.99'))).status).toBe(429);
});

test('there is a limit by default where other machines can reach the server', () => {
  expect(readConfig({ HOST: '0.0.0.0' }).http.rateLimit).toBe(600);
  expect(readConfig({}).http.rateLimit).toBe(0);
});
