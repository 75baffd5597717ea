import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import { isIPv6 } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent, interceptors, request as send } from 'undici';
import { backoffMs, retryWhile } from '../async.js';
import type { Proxies } from '../config.js';
import { SourceUnavailableError } from '../errors.js';
import { VERSION } from '../runtime.js';
import { codingsOf, decompressed, isKnownCoding } from './decompress.js';
import { failureOf, HttpFailure } from './http-errors.js';
import { messageIn, quoted, shown, withoutSecrets } from './json.js';

const MAX_REDIRECTS = 3;
const MAX_RETRIES = 2;
/** Of a body after decompression. */
export const MAX_BYTES = 20_000_000;

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
  /** The source's name, for error messages. */
  source: string;
  url: string;
  bearerToken?: string;
  signal: AbortSignal;
  /** The overall time behind `signal`: error messages name it, and no retry waits longer. */
  timeoutMs: number;
  /** Of the response that is known already: makes the request conditional. */
  validators?: Validators;
}

export interface JsonResponse extends Validators {
  /** Undefined if it was not modified. */
  body: unknown;
  /** The requested URL without secrets: fit to be published. */
  url: string;
  /** True if the known response is still the newest. */
  notModified: boolean;
}

interface HttpClientOptions {
  retryDelayMs?: number;
  proxies?: Proxies | undefined;
}

/** `retryDelayMs`: the longest delay before the first retry; it doubles for the next. */
export function createHttpClient({ retryDelayMs = 500, proxies }: HttpClientOptions = {}): HttpClient {
  const connection = connect(proxies);
  return {
    async getJson(request) {
      const nextDelayMs = (error: unknown, retries: number) => {
        if (!(error instanceof HttpFailure) || !error.isTransient || retries === MAX_RETRIES) return null;
        const delayMs = (error.retryAfterMs ?? 0) + backoffMs(retryDelayMs, retries);
        return delayMs > request.timeoutMs ? null : delayMs;
      };
      try {
        return await retryWhile(() => attempt(connection, request), nextDelayMs, request.signal);
      } catch (error) {
        throw unavailable(error, request);
      }
    },
    close: () => connection.close(),
  };
}

interface Connection {
  /** How the hosts are reached, for error messages. */
  by: string;
  get(request: JsonRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

function connect(proxies: Proxies | undefined): Connection {
  const agent = proxies?.http || proxies?.https ? throughProxy(proxies) : new Agent();
  const dispatcher = agent.compose(headersAsObject, interceptors.redirect({ maxRedirections: MAX_REDIRECTS }));
  return {
    by: agent instanceof Agent ? '' : ', by HTTP_PROXY or HTTPS_PROXY',
    get: (wanted) => send(wanted.url, { dispatcher, signal: wanted.signal, headers: headersFor(wanted) }),
    close: async () => void (await agent.destroy()),
  };
}

function throughProxy({ http = '', https = '', except }: Proxies): Dispatcher {
  const hosts = except.map((host) => (isIPv6(host) ? `[${host}]` : host));
  const noProxy = hosts.includes('*') ? '*' : hosts.join(',');
  // Proxies often allow tunnels to port 443 only.
  return new EnvHttpProxyAgent({ httpProxy: http, httpsProxy: https, noProxy, proxyTunnel: false });
}

/** The redirect interceptor makes an array of them, which the proxy agent cannot read. */
const headersAsObject: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  if (!Array.isArray(options.headers)) return dispatch(options, handler);
  const [names, values] = [0, 1].map((odd) => (options.headers as string[]).filter((_, at) => at % 2 === odd));
  const headers = Object.fromEntries((names ?? []).map((name, at) => [name, values?.[at]]));
  return dispatch({ ...options, headers }, handler);
};

function headersFor({ bearerToken, validators }: JsonRequest): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': 'gzip, br, deflate',
    'user-agent': `country-exchange/${VERSION} (self-hosted GraphQL API)`,
    ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
    ...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
    ...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
  };
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
    const body = notModified ? await response.body.dump() : await jsonIn(response);
    const validators = { etag: validatorOf(etag), lastModified: validatorOf(lastModified) };
    return { body, url: withoutSecrets(request.url), notModified, ...validators };
  } catch (error) {
    throw failureOf(error, request, connection.by);
  }
}

/** Null for what cannot be sent back as a header. */
export function validatorOf(value: unknown): string | null {
  return typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value) ? value : null;
}

/** Hosts of raw files send these, and some send no type: then the parser decides. */
const FILE_TYPE = /^(|text\/plain|(application|binary)\/octet-stream|application\/(x-)?gzip)$/;
const JSON_TYPE = /^(application|text)\/([\w.-]+\+)?json$/;

/** Checks everything: error pages and truncated bodies also come with status 200. */
async function jsonIn(response: Dispatcher.ResponseData): Promise<unknown> {
  const header = String(response.headers['content-type'] ?? '');
  const type = (header.split(';')[0] ?? '').trim().toLowerCase();
  if (!FILE_TYPE.test(type) && !JSON_TYPE.test(type)) {
    response.body.destroy();
    throw new HttpFailure(`answered ${quoted(type)} instead of JSON`);
  }
  const bytes = await bytesOf(response, MAX_BYTES);
  try {
    return parsed(bytes);
  } catch (error) {
    const unknown = codingsOf(response.headers['content-encoding']).filter((name) => !isKnownCoding(name));
    if (unknown.length === 0) throw error;
    const { message } = error as HttpFailure;
    throw new HttpFailure(`${message}, and its Content-Encoding is ${quoted(unknown.join(', '))}`, { cause: error });
  }
}

async function bytesOf({ body, headers }: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Counted after decompression: a kilobyte on the network can become a gigabyte here.
    for await (const chunk of decompressed(body, codingsOf(headers['content-encoding']))) {
      size += chunk.length;
      if (size > maxBytes) throw new HttpFailure(`the body is larger than ${maxBytes / 1_000_000} MB`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    body.destroy();
    throw error;
  }
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new HttpFailure('the answer is empty');
  if (!isUtf8(bytes)) throw new HttpFailure('not valid UTF-8');
  try {
    // Unlike Buffer.toString, it removes a byte order mark.
    return JSON.parse(new TextDecoder().decode(bytes));
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
    return messageIn(parsed(await bytesOf(response, 100_000)));
  } catch {
    return null;
  }
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
