import { STATUS_CODES } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { SourceUnavailableError } from '../errors.js';
import type { Validators } from './answer-notes.js';
import { failureOf, HttpFailure } from './http-errors.js';
import { messageIn, quoted, shown, withoutSecrets } from './json.js';

const MAX_REDIRECTS = 3;
const DEFAULT_MAX_BYTES = 20_000_000;

/** How every upstream is read. Whoever creates one closes it. */
export interface HttpClient {
  /** The parsed body of a usable answer; throws SourceUnavailableError, and nothing else, when there is none. */
  getJson(request: JsonRequest): Promise<JsonAnswer>;
  /** Ends the requests that are still running and the idle connections. */
  close(): Promise<void>;
}

/** What a source's adapter needs of it. */
export type JsonClient = Pick<HttpClient, 'getJson'>;

interface JsonRequest {
  /** The source's name in failures. */
  source: string;
  url: string;
  bearerToken?: string;
  signal: AbortSignal;
  /** The overall time that `signal` keeps: a failure names it, and no retry waits longer. */
  timeoutMs: number;
  /** The limit on the body after decompression. */
  maxBytes?: number;
  /** Of an answer that is known already: if it is still the newest, none is sent. */
  validators?: Validators;
}

export interface JsonAnswer {
  body: unknown;
  /** The address asked, without what might be secret in it: fit to be shown to everyone. */
  url: string;
  /** The day of the Last-Modified header, `YYYY-MM-DD`; null when there is none. */
  lastModifiedOn: string | null;
  validators: Validators;
  /** True when the known answer is still the newest: then there is no body. */
  notModified: boolean;
}

export interface HttpClientOptions {
  /** This program's version, which it tells the upstreams. */
  version: string;
  /** The longest pause before the first retry; it doubles for the next. */
  retryDelayMs?: number;
}

export function createHttpClient({ version, retryDelayMs = 500 }: HttpClientOptions): HttpClient {
  let connecting: Promise<Connection> | undefined;
  return {
    getJson: async (request) => {
      connecting ??= connect(version);
      return getJson(await connecting, request, retryDelayMs);
    },
    close: async () => (await connecting)?.close(),
  };
}

interface Connection {
  get(request: JsonRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/** undici takes its time to load, so it is loaded for the first request. */
async function connect(version: string): Promise<Connection> {
  const { Agent, get, redirect } = await import('./undici-parts.js');
  const agent = new Agent();
  const dispatcher = agent.compose(redirect({ maxRedirections: MAX_REDIRECTS }));
  return {
    get: (wanted) =>
      get(dispatcher, wanted.url, { signal: wanted.signal, headers: headersFor(version, wanted) }),
    close: () => agent.destroy(),
  };
}

function headersFor(version: string, { bearerToken, validators }: JsonRequest): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip, br, deflate',
    'user-agent': `country-exchange/${version} (self-hosted GraphQL API)`,
    ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
    ...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
    ...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
  };
}

async function getJson(connection: Connection, request: JsonRequest, delayMs: number): Promise<JsonAnswer> {
  try {
    return await withRetries(() => attempt(connection, request), { ...request, delayMs });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const reason = withoutToken(error.message, request.bearerToken);
    // Not the failure itself is the cause: it says the same, and may hold the key, which must not reach a log.
    throw new SourceUnavailableError(request.source, reason, error.cause);
  }
}

async function attempt(connection: Connection, request: JsonRequest): Promise<JsonAnswer> {
  try {
    const response = await connection.get(request);
    // A body that is given up ends with an error, which would end the process when nobody listened.
    response.body.on('error', () => {});
    const notModified = response.statusCode === 304 && request.validators !== undefined;
    if (response.statusCode >= 300 && !notModified) throw await refusal(response, MAX_REDIRECTS);
    return {
      body: notModified
        ? await response.body.dump()
        : await jsonIn(response, request.maxBytes ?? DEFAULT_MAX_BYTES),
      url: withoutSecrets(request.url),
      lastModifiedOn: dayOf(response.headers['last-modified']),
      validators: validatorsIn(response.headers),
      notModified,
    };
  } catch (error) {
    throw failureOf(error, request);
  }
}

function validatorsIn({
  etag,
  'last-modified': lastModified,
}: Dispatcher.ResponseData['headers']): Validators {
  const text = (header: unknown) => (typeof header === 'string' ? header : null);
  return { etag: text(etag), lastModified: text(lastModified) };
}

export function dayOf(header: string | string[] | null | undefined): string | null {
  const time = Date.parse(String(header));
  return Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10);
}

/** An upstream may repeat the key in its complaint. */
function withoutToken(reason: string, token: string | undefined): string {
  return token ? reason.replaceAll(token, '***') : reason;
}

/** The body as JSON. A status of 200 proves little: error pages and half bodies come with it too. */
async function jsonIn(response: Dispatcher.ResponseData, maxBytes: number): Promise<unknown> {
  const type = mediaType(response.headers['content-type']);
  if (!isAcceptable(type)) {
    response.body.destroy();
    throw new HttpFailure(`answered ${quoted(type)} instead of JSON`);
  }
  return parsed(await textIn(response, maxBytes));
}

async function textIn(response: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Counted after decompression: a kilobyte on the wire can become a gigabyte here.
  for await (const chunk of decompressed(response)) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpFailure(`the body is larger than ${maxBytes / 1_000_000} MB`);
    chunks.push(chunk);
  }
  return utf8(Buffer.concat(chunks));
}

const DECOMPRESSORS: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

function decompressed({ headers, body }: Dispatcher.ResponseData): AsyncIterable<Buffer> {
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return body;
  const create = DECOMPRESSORS[encoding];
  if (!create) {
    body.destroy();
    throw new HttpFailure(`compressed as ${quoted(encoding)}, which nobody asked for`);
  }
  // An error on either side destroys both, and whoever reads gets it: nothing is left to do when it ends.
  return pipeline(body as Readable, create(), () => {}) as unknown as Readable;
}

function mediaType(header: string | string[] | undefined): string {
  return (String(header ?? '').split(';')[0] ?? '').trim().toLowerCase();
}

/** Hosts of raw files say text/plain, and some say nothing: then the parser decides. */
function isAcceptable(type: string): boolean {
  return type === '' || type === 'text/plain' || /^(application|text)\/([\w.-]+\+)?json$/.test(type);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HttpFailure('not valid UTF-8', { cause });
  }
}

function parsed(text: string): unknown {
  if (text === '') throw new HttpFailure('the answer is empty');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpFailure(`not valid JSON (${shown((cause as SyntaxError).message)})`, { cause });
  }
}

const MAX_RETRIES = 2;

interface RetryLimits {
  signal: AbortSignal;
  /** No wait is longer: an answer after it could not be used any more. */
  timeoutMs: number;
  /** The longest pause before the first retry. */
  delayMs: number;
}

/** Tries again what may pass: with full jitter, so that many clients do not come back at the same moment. */
async function withRetries<T>(run: () => Promise<T>, limits: RetryLimits): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof HttpFailure) || !error.isTransient || retries === MAX_RETRIES) throw error;
      await pause(error, limits, retries);
    }
  }
}

/** When the time runs out in the pause, the failure before it tells more than "no answer in time". */
async function pause(failure: HttpFailure, limits: RetryLimits, retries: number): Promise<void> {
  const jitterMs = Math.random() * limits.delayMs * 2 ** retries;
  const waitMs = (failure.retryAfterMs ?? 0) + jitterMs;
  if (waitMs > limits.timeoutMs) throw failure;
  await sleep(waitMs, undefined, { signal: limits.signal }).catch(() => {
    throw failure;
  });
}

/** The failure that an answer with another status than 2xx stands for. */
async function refusal(response: Dispatcher.ResponseData, maxRedirects: number): Promise<HttpFailure> {
  const { statusCode, headers } = response;
  const message = await messageOf(response);
  if (statusCode < 400 && headers.location) return new HttpFailure(`more than ${maxRedirects} redirects`);
  return new HttpFailure(statusLine(statusCode) + (message ? `: ${quoted(message)}` : ''), {
    isTransient: statusCode === 429 || statusCode >= 500,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

function statusLine(statusCode: number): string {
  return `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
}

/** A complaint is short; what cannot be read of it is no second failure. */
async function messageOf(response: Dispatcher.ResponseData): Promise<string | null> {
  try {
    return messageIn(JSON.parse(await textIn(response, 100_000)));
  } catch {
    return null;
  }
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
