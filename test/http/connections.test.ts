import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startApp } from '../app.js';
import { createTestDatabase } from '../databases.js';
import { silence } from '../upstream/faults.js';
import { RawClient, rawPost } from './raw-client.js';
import { type Served, serve } from './serve.js';

const LIST = rawPost('{"query":"{ countries { nodes { code name population } } }"}');
const HEALTH = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('a connection that is reset in the middle of a pipeline', async () => {
  const app = await serve();

  test('has all its requests counted, and none of them is left over', async () => {
    const before = await finished(app);
    for (let at = 0; at < 5; at++) await resetAfter(app.port, HEALTH.repeat(90), 1);
    // How many of them were parsed is up to the system; what was begun has to be finished.
    await expect.poll(async () => (await finished(app)) - before).toBeGreaterThan(0);
    const stopped = await serve();
    await resetAfter(stopped.port, `${LIST}${HEALTH.repeat(90)}`, 5);
    const begun = performance.now();
    await stopped.server.close();
    // With a request left over, the close would wait for it until it is cut.
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test('is counted and logged as closed by the client', async () => {
    const slow = await startApp((await createTestDatabase('sqlite')).url);
    slow.upstream.answer('restcountries-v3', silence());
    const { port } = slow.server.server.address() as AddressInfo;
    const socket = createConnection(port, '127.0.0.1');
    await once(socket, 'connect');
    // The health check waits behind a refresh.
    socket.write(rawPost('{"query":"mutation { refreshCountries { state } }"}') + HEALTH);
    await delay(100);
    socket.resetAndDestroy();
    const closed = /http_requests_total\{route="\/health",status="499"\} 1/;
    await expect.poll(() => metrics(slow)).toMatch(closed);
    expect(await metrics(slow)).toMatch(/http_requests_total\{route="\/graphql",status="499"\} 1/);
    await slow.close();
  });
});

test('a connection on which a hundred requests wait is closed at one more, and others are served', async () => {
  const slow = await startApp((await createTestDatabase('sqlite')).url);
  slow.upstream.answer('restcountries-v3', silence());
  const { port } = slow.server.server.address() as AddressInfo;
  const socket = createConnection(port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = new Promise((resolve) => socket.once('close', () => resolve('closed')));
  socket.on('error', () => undefined).resume();
  // The health checks wait behind a refresh.
  socket.write(rawPost('{"query":"mutation { refreshCountries { state } }"}') + HEALTH.repeat(99));
  expect(await Promise.race([closed, delay(200, 'open')])).toBe('open');
  socket.write(HEALTH.repeat(500));
  await closed;
  const cut = /http_requests_total\{route="\/health",status="499"\} 99\n/;
  await expect.poll(() => metrics(slow)).toMatch(cut);
  expect((await fetch(`${slow.url}/health`)).status).toBe(200);
  await slow.close();
});

describe('an upgrade that is not to a web socket', async () => {
  const app = await serve();
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

  test('is ignored: the request is answered over HTTP/1.1', async () => {
    const client = await RawClient.connect(app.port);
    const ready = await client.ask(`GET /ready HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n`);
    expect([ready.status, ready.body.toString()]).toEqual([200, '{"status":"ready"}']);
    const body = '{"query":"{ country(code: \\"CI\\") { code } }"}';
    const query = await client.ask(rawPost(body, offer.trimEnd()));
    expect(query.body.toString()).toBe('{"data":{"country":{"code":"CI"}}}\n');
    // The connection stays open.
    expect((await client.ask(HEALTH)).status).toBe(200);
    client.socket.destroy();
    await expect.poll(() => metrics(app)).toMatch(/http_requests_total\{route="\/ready",status="200"\} 1/);
  });

  test('is ignored when the body comes later, with other requests after it', async () => {
    const client = await RawClient.connect(app.port);
    const request = rawPost('{"query":"{ country(code: \\"FR\\") { code } }"}', offer.trimEnd());
    const cut = request.indexOf('{"query"') + 10;
    client.socket.write(request.slice(0, cut));
    await delay(30);
    client.socket.write(request.slice(cut) + HEALTH + HEALTH);
    await client.heard(3);
    expect(client.answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(client.answers[0]?.body.toString()).toBe('{"data":{"country":{"code":"FR"}}}\n');
    client.socket.destroy();
  });

  test('is ignored after a request that is still being answered', async () => {
    const slow = await startApp((await createTestDatabase('sqlite')).url);
    slow.upstream.answer('restcountries-v3', silence());
    const client = await RawClient.connect((slow.server.server.address() as AddressInfo).port);
    // It waits for the silent source until its timeout.
    client.socket.write(rawPost('{"query":"mutation { refreshCountries { state } }"}'));
    client.socket.write(`GET /ready HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n${HEALTH}`);
    await client.heard(3);
    expect(client.answers.map(({ body }) => body.toString())).toEqual([
      expect.stringContaining('refreshCountries'),
      '{"status":"ready"}',
      '{"status":"ok"}',
    ]);
    client.socket.destroy();
    await slow.close();
  });

  test('leaves nothing behind on the connection', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => warnings.push(name);
    process.on('warning', onWarning);
    const client = await RawClient.connect(app.port);
    for (let times = 0; times < 30; times++) {
      const { status } = await client.ask(`GET /health HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n`);
      expect(status).toBe(200);
    }
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    client.socket.destroy();
  });

  test.runIf(await hasCurl())('is what curl --http2 offers', async () => {
    const { stdout } = await promisify(execFile)('curl', [
      ...['--http2', '-s', '-H', 'content-type: application/json'],
      ...['-d', '{"query":"{__typename}"}', `${app.url}/graphql`],
    ]);
    expect(stdout).toBe('{"data":{"__typename":"Query"}}\n');
  });
});

test.each(['PUT', 'DELETE', 'PATCH'])('%s on /graphql is not allowed', async (method) => {
  const { url } = await serve();
  const response = await fetch(`${url}/graphql`, { method, body: method === 'DELETE' ? null : '{}' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});

async function hasCurl(): Promise<boolean> {
  return promisify(execFile)('curl', ['--version']).then(
    () => true,
    () => false,
  );
}

async function resetAfter(port: number, bytes: string, delayMs: number): Promise<void> {
  const socket = createConnection(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  await delay(delayMs);
  socket.resetAndDestroy();
}

async function metrics({ url }: { url: string }): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

async function finished(app: Served): Promise<number> {
  const lines = [...(await metrics(app)).matchAll(/http_requests_total\{route="\/health".*\} (\d+)/g)];
  return lines.reduce((total, [, count]) => total + Number(count), 0);
}
