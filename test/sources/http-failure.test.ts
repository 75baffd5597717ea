import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceUnavailableError } from '../../src/errors.js';
import { createHttpClient, failureOf } from '../../src/sources/http-client.js';
import * as faults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import { withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const reasonOf = async (options = {}): Promise<string> => (await failureFor(options)).reason;

async function failureFor(options: Record<string, unknown>): Promise<SourceUnavailableError> {
  const timeoutMs = 10_000;
  const signal = AbortSignal.timeout(timeoutMs);
  const request = { source: 'csc', url: upstream.urls.csc, signal, timeoutMs, ...options };
  const error: unknown = await http.getJson(request).catch((caught) => caught);
  if (!(error instanceof SourceUnavailableError)) throw new Error(`Got ${String(error)}`);
  expect(error.details).toBe(`Could not fetch data from csc: ${error.reason}`);
  return error;
}

describe('an answer that cannot be used', () => {
  test.each<[string, Handler, string]>([
    ['an HTML page', faults.html(), 'answered "text/html" instead of JSON'],
    ['a picture', faults.wrongType('image/png'), 'answered "image/png" instead of JSON'],
    ['an unfinished list', faults.raw('[1,'), 'not valid JSON (Unexpected end of JSON input)'],
    ['no JSON', faults.raw('[nonsense]'), `not valid JSON (Unexpected token 'o', "[nonsense]" is not valid JSON)`],
    ['nothing', faults.raw(''), 'the answer is empty'],
    ['text in Latin-1', faults.invalidUtf8(), 'not valid UTF-8'],
    ['a redirect to itself', faults.redirectLoop(), 'redirects in a circle'],
    ['an endless body', faults.endless(), 'the body is larger than 20 MB'],
    ['a gzip bomb', faults.gzipBomb(), 'the body is larger than 20 MB'],
    [
      'broken compression',
      faults.raw('no gzip', { 'content-encoding': 'gzip' }),
      'the compressed body is damaged (HOST)',
    ],
    ['broken brotli', faults.raw('no brotli', { 'content-encoding': 'br' }), 'the compressed body is damaged (HOST)'],
    [
      'a foreign encoding',
      faults.raw('?', { 'content-encoding': 'zstd' }),
      `not valid JSON (Unexpected token '?', "?" is not valid JSON), and its Content-Encoding is "zstd"`,
    ],
    [
      'zstd',
      faults.raw(Buffer.from('28b52ffd200141', 'hex'), { 'content-encoding': 'zstd' }),
      'not valid UTF-8, and its Content-Encoding is "zstd"',
    ],
    [
      'compress, which begins as gzip does',
      faults.raw(Buffer.from('1f9d9041', 'hex'), { 'content-encoding': 'compress' }),
      'not valid UTF-8, and its Content-Encoding is "compress"',
    ],
    [
      'broken deflate',
      faults.raw('no deflate', { 'content-encoding': 'deflate' }),
      'the compressed body is damaged (HOST)',
    ],
    ['half a gzip file', faults.raw(gzipSync('[1, 2, 3]').subarray(0, 20)), 'the compressed body is damaged (HOST)'],
    ['nothing, compressed', faults.raw('', { 'content-encoding': 'gzip' }), 'the answer is empty'],
    [
      'endless codings',
      faults.raw('[]', { 'content-encoding': 'gzip, gzip, gzip, gzip, gzip' }),
      'compressed more than 4 times',
    ],
    ['a refusal', faults.status(403, {}, 'no'), 'HTTP 403 Forbidden'],
    ['a refusal with words', faults.status(404), 'HTTP 404 Not Found: "not today"'],
    [
      'the refusal of a closed API',
      faults.status(410, {}, { errors: [{ message: 'Gone for good.' }] }),
      'HTTP 410 Gone: "Gone for good."',
    ],
  ])('%s', async (_, handler, reason) => {
    upstream.answer('csc', handler);
    expect(await reasonOf()).toBe(reason.replace('HOST', new URL(upstream.urls.csc).host));
    expect(upstream.requests('csc')).toHaveLength(1);
  });

  test('half of the JSON', async () => {
    upstream.answer('csc', faults.truncatedJson());
    expect(await reasonOf()).toMatch(/^not valid JSON \(.+ in JSON at position \d+/);
  });

  test('a fourth redirect', async () => {
    upstream.answer('csc', redirectOnwards);
    expect(await reasonOf()).toBe('more than 3 redirects');
    expect(upstream.requests('csc')).toHaveLength(4);
  });
});

describe('a connection that fails', () => {
  test('is tried three times when it is refused', async () => {
    const closed = await freePort();
    expect(await reasonOf({ url: `http://127.0.0.1:${closed}/x` })).toBe(`connection refused (127.0.0.1:${closed})`);
  });

  test.each<[string, () => Handler]>([
    ['is cut before the answer', faults.reset],
    ['is cut in the middle of the answer', faults.halfBody],
  ])('%s', async (_, fault) => {
    upstream.answer('csc', fault());
    const { host } = new URL(upstream.urls.csc);
    expect(await reasonOf()).toBe(`the connection was closed before the answer was complete (${host})`);
    expect(upstream.requests('csc')).toHaveLength(3);
  });

  test.each([
    ['ENOTFOUND', 'the host name cannot be resolved (example.org:8443)', false],
    ['EAI_AGAIN', 'the host name cannot be resolved (example.org:8443)', false],
    ['EHOSTUNREACH', 'the host cannot be reached (example.org:8443)', false],
    ['CERT_HAS_EXPIRED', 'the TLS certificate cannot be trusted (example.org:8443)', false],
    ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time (example.org:8443)', false],
    ['ECONNRESET', 'the connection was closed before the answer was complete (example.org:8443)', true],
    ['E_NEW', 'something new', false],
  ])('is described in words when its code is %s', (code, message, isTransient) => {
    const error = Object.assign(new Error('something new'), { code });
    const url = 'https://user:pw@example.org:8443/path';
    const failure = failureOf(error, { url, signal: new AbortController().signal, timeoutMs: 1 });
    expect(failure).toMatchObject({ message, isTransient, cause: error });
  });

  test('has no usable address', async () => {
    expect(await reasonOf({ url: 'not a url' })).toBe('the address is not a URL');
  });
});

describe('time', () => {
  test.each<[string, () => Handler]>([
    ['silence', faults.silence],
    ['a slow drip', faults.drip],
  ])('runs out over %s', async (_, fault) => {
    upstream.answer('csc', fault());
    const limits = { timeoutMs: 400, signal: AbortSignal.timeout(400) };
    expect(await reasonOf(limits)).toBe('no complete answer within 0.4 s');
    expect(upstream.requests('csc')).toHaveLength(1);
  });

  test('is cut short by a cancellation', async () => {
    upstream.answer('csc', faults.silence());
    const controller = new AbortController();
    const reason = reasonOf({ signal: controller.signal });
    // A request that arrives later would be counted in the next test.
    await expect.poll(() => upstream.requests('csc')).toHaveLength(1);
    controller.abort();
    expect(await reason).toBe('cancelled');
  });

  test('is over before it begins', async () => {
    expect(await reasonOf({ signal: AbortSignal.abort() })).toBe('cancelled');
    expect(upstream.requests('csc')).toHaveLength(0);
  });
});

describe('a refusal whose body never ends', () => {
  test('is reported without it', async () => {
    upstream.answer('csc', dripRefusal);
    const limits = { timeoutMs: 600, signal: AbortSignal.timeout(600) };
    expect(await reasonOf(limits)).toBe('HTTP 404 Not Found');
  });
});

describe('words of the upstream in a reason', () => {
  test('are cut short and put on one line', async () => {
    upstream.answer('csc', faults.status(400, {}, { message: `a\u001b[31m\n${'b'.repeat(300)}` }));
    expect(await reasonOf()).toBe(`HTTP 400 Bad Request: "a [31m ${'b'.repeat(193)}..."`);
  });

  test('never hold the key', async () => {
    upstream.answer('csc', faults.status(401, {}, { error: { message: 'Unknown key s3cr3t!' } }));
    const error = await failureFor({ bearerToken: 's3cr3t' });
    expect(error.reason).toBe('HTTP 401 Unauthorized: "Unknown key ***!"');
    expect(inspect(error, { depth: null })).not.toContain('s3cr3t');
  });
});

describe('closing the client', () => {
  test('ends what is still running', async () => {
    const ownClient = createHttpClient();
    upstream.answer('csc', faults.silence());
    const signal = new AbortController().signal;
    const pending = ownClient.getJson({ source: 'csc', url: upstream.urls.csc, signal, timeoutMs: 10_000 });
    const outcome = expect(pending).rejects.toBeInstanceOf(SourceUnavailableError);
    await expect.poll(() => upstream.requests('csc').length).toBe(1);
    await ownClient.close();
    await outcome;
  });

  test('does nothing when nothing was requested', async () => {
    await expect(createHttpClient().close()).resolves.toBeUndefined();
  });
});

const dripRefusal: Handler = ({ response }) => {
  response.writeHead(404, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

/** Always to an address that was not asked before. */
const redirectOnwards: Handler = (exchange) => {
  const hop = Number(exchange.url.searchParams.get('hop') ?? 0);
  faults.redirectTo(`${exchange.url.pathname}?hop=${hop + 1}`)(exchange);
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}
