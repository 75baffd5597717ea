import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startApp } from '../app.js';
import { RawClient } from './raw-client.js';
import { serve } from './serve.js';

const QUERIES = [
  '{ country(code: "CI") { code name currency { code rate { rate } } } }',
  '{ countries(first: 40) { totalCount nodes { code name population } } }',
  'query a($code: CountryCode) { country(code: $code) { code } } query b { __typename }',
  'query ($least: Float = 5) { countries(filter: { population: { gte: $least } }, first: 2) { nodes { code } } }',
  '{ convert(amount: 5, from: "EUR", to: ["CHF"]) { result } }',
  '{ country(code: "Côte") { code } }',
  '{ country(name: "Côte d’Ivoire") { name(locale: "fr") } }',
  '{ nothing }',
  '{ country(',
  'mutation { deleteCountry(code: "ZZ") { code } }',
  'subscription { refreshProgress { id } }',
  '',
];
const hashes = QUERIES.map((query) => createHash('sha256').update(query).digest('hex'));

const VARIABLES = ['{}', '{"code":"FR"}', '{"code":null}', '{"least":1e400}', '{"least":-0}', '[]', '"x"', '7', 'null'];
const ACCEPTS = ['*/*', 'application/json', 'application/graphql-response+json', 'undefined', 'text/html;q=0, */*'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'text/plain',
  'application/jsonp',
];

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, weight = 3) =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight }, { arbitrary, weight: 1 });

const request = fc.record({
  query: fc.nat(QUERIES.length - 1),
  form: fc.constantFrom('text', 'text', 'text', 'hash', 'hash and text', 'other hash', 'no json', 'a batch'),
  operationName: sometimes(fc.constantFrom('"a"', '"b"', 'null', '""', '7')),
  variables: sometimes(fc.constantFrom(...VARIABLES), 1),
  method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT'),
  accept: sometimes(fc.constantFrom(...ACCEPTS)),
  type: fc.oneof({ arbitrary: fc.constant('application/json'), weight: 6 }, fc.constantFrom(...TYPES)),
  encoding: sometimes(fc.constantFrom('gzip', 'br', 'gzip, br', 'identity;q=0, gzip', '*'), 1),
  isChunked: fc.nat(5).map((drawn) => drawn === 0),
  origin: sometimes(fc.constantFrom('https://a.example', 'https://evil.example')),
});
type Generated = typeof request extends fc.Arbitrary<infer T> ? T : never;

const PLAIN: Generated = {
  ...{ query: 0, form: 'text', method: 'POST', type: 'application/json', isChunked: false },
  ...{ operationName: undefined, variables: undefined, accept: undefined },
  ...{ encoding: undefined, origin: undefined },
};

function parametersOf({ query, form, operationName, variables }: Generated): [string, string][] {
  const sha256Hash = hashes[form === 'other hash' ? (query + 1) % hashes.length : query];
  const parameters: [string, string][] = [];
  if (form !== 'hash') parameters.push(['query', JSON.stringify(QUERIES[query])]);
  if (operationName) parameters.push(['operationName', operationName]);
  if (variables) parameters.push(['variables', variables]);
  if (form.includes('hash')) {
    parameters.push(['extensions', JSON.stringify({ persistedQuery: { version: 1, sha256Hash } })]);
  }
  return parameters;
}

function bytesOf(generated: Generated): string {
  const { method, accept, type, encoding, isChunked, origin, form } = generated;
  const parameters = parametersOf(generated);
  const json = `{${parameters.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
  const text = form === 'no json' ? json.slice(0, -1) : form === 'a batch' ? `[${json}]` : json;
  const body = method === 'GET' ? '' : Buffer.from(text).toString('latin1');
  const search = parameters.map(([name, value]) => {
    const plain = name === 'query' || name === 'operationName' ? String(JSON.parse(value)) : value;
    return `${name}=${encodeURIComponent(plain)}`;
  });
  const head = [
    `${method} /graphql${method === 'GET' ? `?${search.join('&')}` : ''} HTTP/1.1`,
    'Host: localhost',
    // Most GET requests have none.
    ...(method === 'GET' && type === 'application/json' ? [] : [`Content-Type: ${type}`]),
    ...(accept === undefined ? [] : [`Accept: ${accept}`]),
    ...(encoding === undefined ? [] : [`Accept-Encoding: ${encoding}`]),
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
  ];
  if (method === 'GET') return [...head, '', ''].join('\r\n');
  if (!isChunked) return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
  return [...head, 'Transfer-Encoding: chunked', '', `${body === '' ? '' : chunk}0\r\n\r\n`].join('\r\n');
}

test('a server answers alike with and without its cache', async () => {
  const env = { CORS_ORIGINS: 'https://a.example,https://b.example' };
  const cached = await serve({ ...env, ANSWER_CACHE_MB: '1' });
  const uncached = await startApp(cached.context.config.database.url, { ...env, ANSWER_CACHE_MB: '0' });
  const ports = [cached.port, (uncached.server.server.address() as AddressInfo).port];
  // Which of two pipelined requests registers a query first is chance, so all are registered beforehand.
  for (const query of QUERIES.keys()) {
    const bytes = bytesOf({ ...PLAIN, query, form: 'hash and text' });
    for (const port of ports) await answers(port, bytes, 1, 1);
  }
  let asked = 0;
  const behave = async (requests: Generated[], cut: number) => {
    const bytes = requests.map(bytesOf).join('');
    const [left, right] = await Promise.all(ports.map((port) => answers(port, bytes, requests.length, cut)));
    expect(left).toEqual(right);
    asked += requests.length;
  };
  const pipeline = fc.array(request, { minLength: 1, maxLength: 12 });
  const cuts = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(fc.asyncProperty(pipeline, cuts, behave), { numRuns: 400 });
  expect(asked).toBeGreaterThan(2_000);
  expect(cached.context.responses.counts.hits).toBeGreaterThan(200);
  await uncached.close();
}, 120_000);

/** Sends the bytes in two pieces, and returns what does not differ between any two responses. */
async function answers(port: number, bytes: string, count: number, cut: number): Promise<string[]> {
  const client = await RawClient.connect(port);
  const where = Math.floor(cut * bytes.length);
  client.socket.write(bytes.slice(0, where), 'latin1');
  await nextTurn();
  client.socket.write(bytes.slice(where), 'latin1');
  // The connection may be closed after a request that is refused before its body is read.
  await client.heard(count).catch(() => undefined);
  client.socket.destroy();
  return client.answers.map(({ head, body }) => {
    const lasting = head.replace(/^(x-request-id|Date|x-cache): .*\r\n/gm, '');
    return `${lasting}${body.toString('latin1').replace(/"requestId":"[^"]*"/, '')}`;
  });
}
