import { STATUS_CODES } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { backoffMs, retryWhile } from '../async.js';
import { SourceUnavailableError } from '../errors.js';
import { failureOf, HttpFailure } from './http-errors.js';
import { messageIn, quoted, shown, withoutSecrets } from './json.js';

const MAX_REDIRECTS = 3;
const MAX_RETRIES = 2;
const DEFAULT_MAX_BYTES = 20_000_000;

/** Fetches JSON from the upstreams. */
export interface HttpClient {
  /** The parsed body of a usable response; throws SourceUnavailableError, and nothing else, when there is none. */
  getJson(request: JsonRequest): Promise<JsonResponse>;
  /** Aborts running requests and closes idle connections. */
  close(): Promise<void>;
}

export type JsonClient = Pick<HttpClient, 'getJson'>;

/** The version of a response, for conditional requests. */
export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

interface JsonRequest {
  /** The source's name in error messages. */
  source: string;
  url: string;
  bearerToken?: string;
  signal: AbortSignal;
  /** The overall time behind `signal`: error messages name it, and no retry waits longer. */
  timeoutMs: number;
  /** The limit on the body after decompression. */
  maxBytes?: number;
  /** Of the response that is known already, for a conditional request. */
  validators?: Validators;
}

export interface JsonResponse {
  body: unknown;
  /** The requested URL without secrets: fit to be published. */
  url: string;
  /** The day of the Last-Modified header, `YYYY-MM-DD`. */
  lastModifiedOn: string | null;
  validators: Validators;
  /** True when the known response is still the newest; then there is no body. */
  notModified: boolean;
}

export interface HttpClientOptions {
  /** This program's version, for the User-Agent header. */
  version: string;
  /** The longest delay before the first retry; it doubles for the next. */
  retryDelayMs?: number;
}

export function createHttpClient({ version, retryDelayMs = 500 }: HttpClientOptions): HttpClient {
  let connecting: Promise<Connection> | undefined;
  return {
    async getJson(request) {
      connecting ??= connect(version);
      const connection = await connecting;
      const nextDelayMs = (error: unknown, retries: number) =>
        retryAfter(error, request, retries, retryDelayMs);
      try {
        return await retryWhile(() => attempt(connection, request), nextDelayMs, request.signal);
      } catch (error) {
        throw unavailable(error, request);
      }
    },
    close: async () => (await connecting)?.close(),
  };
}

interface Connection {
  get(request: JsonRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/** undici takes 100 ms to load, and a process may never refresh: it is loaded with the first request. */
async function connect(version: string): Promise<Connection> {
  const { Agent, interceptors, request } = await import('undici');
  const agent = new Agent();
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTS }));
  return {
    get: (wanted) =>
      request(wanted.url, { dispatcher, signal: wanted.signal, headers: headersFor(version, wanted) }),
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

/** The delay before the next retry; null when there is none. */
function retryAfter(
  error: unknown,
  { timeoutMs }: JsonRequest,
  retries: number,
  baseMs: number,
): number | null {
  if (!(error instanceof HttpFailure) || !error.isTransient || retries === MAX_RETRIES) return null;
  const delayMs = (error.retryAfterMs ?? 0) + backoffMs(baseMs, retries);
  return delayMs > timeoutMs ? null : delayMs;
}

/** The HttpFailure itself is not the cause: it says the same, and may contain the key, which must not be logged. */
function unavailable(error: unknown, { source, bearerToken }: JsonRequest): unknown {
  if (!(error instanceof HttpFailure)) return error;
  // An upstream may repeat the key in its error message.
  const reason = bearerToken ? error.message.replaceAll(bearerToken, '***') : error.message;
  return new SourceUnavailableError(source, reason, error.cause);
}

async function attempt(connection: Connection, request: JsonRequest): Promise<JsonResponse> {
  try {
    const response = await connection.get(request);
    // A body that is destroyed early emits an error; without a listener it would end the process.
    response.body.on('error', () => {});
    const notModified = response.statusCode === 304 && request.validators !== undefined;
    if (response.statusCode >= 300 && !notModified) throw await statusFailure(response);
    const { etag, 'last-modified': lastModified } = response.headers;
    return {
      body: notModified
        ? await response.body.dump()
        : await jsonIn(response, request.maxBytes ?? DEFAULT_MAX_BYTES),
      url: withoutSecrets(request.url),
      lastModifiedOn: dayOf(lastModified),
      validators: { etag: validatorOf(etag), lastModified: validatorOf(lastModified) },
      notModified,
    };
  } catch (error) {
    throw failureOf(error, request);
  }
}

/** Null for what cannot be sent back as a header. */
export function validatorOf(value: unknown): string | null {
  return typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value) ? value : null;
}

export function dayOf(header: string | string[] | null | undefined): string | null {
  const time = Date.parse(String(header));
  return Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10);
}

/** Checks everything: error pages and truncated bodies also come with status 200. */
async function jsonIn(response: Dispatcher.ResponseData, maxBytes: number): Promise<unknown> {
  const type = mediaType(response.headers['content-type']);
  if (!isAcceptable(type)) {
    response.body.destroy();
    throw new HttpFailure(`answered ${quoted(type)} instead of JSON`);
  }
  return parsed(await textIn(response, maxBytes));
}

function mediaType(header: string | string[] | undefined): string {
  return (String(header ?? '').split(';')[0] ?? '').trim().toLowerCase();
}

/** Hosts of raw files send text/plain, and some send no type: then the parser decides. */
function isAcceptable(type: string): boolean {
  return type === '' || type === 'text/plain' || /^(application|text)\/([\w.-]+\+)?json$/.test(type);
}

async function textIn(response: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Counted after decompression: a kilobyte on the network can become a gigabyte here.
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

/** Not by undici's interceptor, which prints a warning that it is experimental and skips error responses. */
function decompressed({ headers, body }: Dispatcher.ResponseData): AsyncIterable<Buffer> {
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return body;
  const create = DECOMPRESSORS[encoding];
  if (!create) {
    body.destroy();
    throw new HttpFailure(`compressed as ${quoted(encoding)}, which was not asked for`);
  }
  // An error on either side destroys both, and the reader gets it: the callback has nothing to do.
  return pipeline(body as Readable, create(), () => {}) as unknown as Readable;
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

/** For a status that is not 2xx. */
async function statusFailure(response: Dispatcher.ResponseData): Promise<HttpFailure> {
  const { statusCode, headers } = response;
  const message = await messageOf(response);
  if (statusCode < 400 && headers.location) return new HttpFailure(`more than ${MAX_REDIRECTS} redirects`);
  const status = `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
  return new HttpFailure(status + (message ? `: ${quoted(message)}` : ''), {
    isTransient: statusCode === 429 || statusCode >= 500,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

/** An error message is short; if it cannot be read, the status has to do. */
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
