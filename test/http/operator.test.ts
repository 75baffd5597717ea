import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { createContext } from '../../src/context.js';
import { createServer } from '../../src/http/server.js';
import { createClient } from '../client/client.js';

describe('the log', async () => {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).trim().split('\n')) lines.push(JSON.parse(line));
      done();
    },
  });
  const folder = await mkdtemp(join(inject('testFolder'), 'log-'));
  const config = readConfig({
    COUNTRIES_SOURCE: 'bundled',
    RATES_SOURCE: 'bundled',
    DATABASE_URL: `sqlite:${folder}/log.db`,
    CACHE_DIR: folder,
    ADMIN_TOKEN: 'anna:a-very-secret-token',
  });
  const context = await createContext(config, pino(sink));
  const app = await createServer(context);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const { post } = createClient(`${url}/graphql`);
  afterAll(async () => {
    await app.close();
    await context.close();
  });

  const lineOf = async (id: string | null) => {
    await expect.poll(() => lines.some((line) => line.requestId === id && line.msg === 'request')).toBe(true);
    return lines.filter((line) => line.requestId === id && line.msg === 'request');
  };

  test('has one line for each request that says what it was and how it ended', async () => {
    const { headers } = await post('query Names { countries(first: 10) { nodes { name } } }');
    const [line, ...more] = await lineOf(headers.get('x-request-id'));
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      level: 30,
      method: 'POST',
      path: '/graphql',
      status: 200,
      durationMs: expect.any(Number),
      ip: '127.0.0.1',
      operation: 'query Names',
      cost: expect.any(Number),
    });
  });

  test('names the setting that would allow a page what it was refused', async () => {
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
    const response = await fetch(`${url}/graphql`, { method: 'OPTIONS', headers });
    const requestId = response.headers.get('x-request-id');
    await lineOf(requestId);
    expect(lines.find((line) => line.requestId === requestId)).toMatchObject({
      level: 40,
      origin: 'https://app.example',
      msg: expect.stringContaining('CORS_ORIGINS'),
    });
  });

  test('has the codes of errors, and the name of who changed something', async () => {
    const mutation = 'mutation { deleteCountry(code: "XX") { code } }';
    const authorization = 'Bearer a-very-secret-token';
    const allowed = await post(mutation, {}, { authorization });
    expect(await lineOf(allowed.headers.get('x-request-id'))).toMatchObject([
      { actor: 'anna', operation: 'mutation', codes: ['NOT_FOUND'] },
    ]);
    const refused = await post(mutation, {}, { authorization: 'Bearer a-wrong-guess' });
    const [line] = await lineOf(refused.headers.get('x-request-id'));
    expect(line).toMatchObject({ codes: ['UNAUTHENTICATED'] });
    expect(line).not.toHaveProperty('actor');
  });

  test('never contains a token, nor what was typed into a query', async () => {
    await post('query ($n: String) { country(name: $n) { code } }', { n: 'my-secret-name' });
    await fetch(`${url}/graphql?query={country(name:"my-secret-name"){code}}`);
    await fetch(`${url}/a-path?token=my-secret-name`);
    expect(JSON.stringify(lines)).not.toMatch(/secret|wrong-guess/);
  });

  test('cannot be given a forged line by a client', async () => {
    const before = lines.length;
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
    socket.end('GET /%0a%0d{"level":60,"msg":"forged"}\u001b[31m HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await post('query A { status { version } }', { x: '\n{"level":60,"msg":"forged"}' });
    await expect.poll(() => lines.length).toBeGreaterThan(before);
    expect(lines.filter((line) => line.level === 60 || line.msg === 'forged')).toEqual([]);
  });
});
