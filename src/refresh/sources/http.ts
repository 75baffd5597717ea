import type { Dispatcher } from 'undici';
import { SourceUnavailableError } from '../../errors.js';
import { withoutSecrets } from './address.js';
import type { Validators } from './answer-notes.js';
import { jsonIn } from './http-body.js';
import { failureOf, HttpFailure } from './http-failure.js';
import { refusal } from './http-refusal.js';
import { withRetries } from './http-retry.js';

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
