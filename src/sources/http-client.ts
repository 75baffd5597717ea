import { STATUS_CODES } from 'node:http';
import { isIPv6 } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent, interceptors, request as send, util } from 'undici';
import { backoffMs, retryWhile } from '../async.js';
import type { Proxies } from '../config.js';
import { SourceUnavailableError } from '../errors.js';
import { VERSION } from '../runtime.js';
import { bytesOf, HttpFailure, jsonIn, parsed } from './http-body.js';
import { messageIn, quoted, shown, withoutSecrets } from './json.js';

const MAX_REDIRECTS = 3;
const MAX_RETRIES = 2;

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
  const agent = proxies?.http || proxies?.https ? throughProxy(proxies) : new Agent();
  const dispatcher = agent.compose(headersAsObject, interceptors.redirect({ maxRedirections: MAX_REDIRECTS }));
  // How the hosts are reached, for error messages.
  const by = agent instanceof Agent ? '' : ', by HTTP_PROXY or HTTPS_PROXY';
  return {
    async getJson(request) {
      const nextDelayMs = (error: unknown, retries: number) => {
        const failure = error as HttpFailure;
        if (!failure.isTransient || retries === MAX_RETRIES) return null;
        const delayMs = (failure.retryAfterMs ?? 0) + backoffMs(retryDelayMs, retries);
        return delayMs > request.timeoutMs ? null : delayMs;
      };
      const attempt = async () => {
        try {
          const headers = headersFor(request);
          return await read(await send(request.url, { dispatcher, signal: request.signal, headers }), request);
        } catch (error) {
          throw failureOf(error, request, by);
        }
      };
      return retryWhile(attempt, nextDelayMs, request.signal).catch((failure) => {
        throw unavailable(failure, request);
      });
    },
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
  return dispatch({ ...options, headers: util.parseHeaders(options.headers) }, handler);
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

async function read(response: Dispatcher.ResponseData, request: JsonRequest): Promise<JsonResponse> {
  // A body that is destroyed early emits an error; without a listener it would end the process.
  response.body.on('error', () => {});
  const notModified = response.statusCode === 304 && request.validators !== undefined;
  if (response.statusCode >= 300 && !notModified) throw await statusFailure(response);
  const { etag, 'last-modified': lastModified } = response.headers;
  const body = notModified ? await response.body.dump() : await jsonIn(response);
  const validators = { etag: validatorOf(etag), lastModified: validatorOf(lastModified) };
  return { body, url: withoutSecrets(request.url), notModified, ...validators };
}

/** Null for what cannot be sent back as a header. */
export function validatorOf(value: unknown): string | null {
  return typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value) ? value : null;
}

/** For a status that is not 2xx. */
async function statusFailure(response: Dispatcher.ResponseData): Promise<HttpFailure> {
  const { statusCode, headers } = response;
  // An error message is short; if it cannot be read, the status has to do.
  const message = await bytesOf(response, 100_000)
    .then((bytes) => messageIn(parsed(bytes)))
    .catch(() => null);
  if (statusCode < 400 && headers.location) return new HttpFailure(`more than ${MAX_REDIRECTS} redirects`);
  const status = `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
  return new HttpFailure(status + (message ? `: ${quoted(message)}` : ''), {
    isTransient: statusCode === 429 || statusCode >= 500,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Explains the error of a request that got no status or no complete body. */
export function failureOf(
  error: unknown,
  { url, signal, timeoutMs }: { url: string; signal: AbortSignal; timeoutMs: number },
  by = '',
): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (signal.aborted) return new HttpFailure(abortReason(signal, timeoutMs), { cause: error });
  if (!URL.canParse(url)) return new HttpFailure('the address is not a URL');
  const { message = '', code } = error as { message?: string; code?: unknown };
  if (message.startsWith('Redirect loop')) return new HttpFailure('redirects in a circle', { cause: error });
  const reason = networkFailure(String(code));
  const isTransient = reason === REFUSED || reason === CLOSED;
  const words = reason ? `${reason} (${new URL(url).host}${by})` : shown(message || String(code));
  return new HttpFailure(words, { isTransient, cause: error });
}

function abortReason(signal: AbortSignal, timeoutMs: number): string {
  const isTimeout = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return isTimeout ? `no complete answer within ${timeoutMs / 1000} s` : 'cancelled';
}

/** zlib and brotli have a code for each way in which bytes can be wrong. */
function networkFailure(code: string): string | undefined {
  return /^(Z_|ERR__ERROR_)/.test(code) ? 'the compressed body is damaged' : NETWORK_FAILURES[code];
}

const REFUSED = 'connection refused';
const CLOSED = 'the connection was closed before the answer was complete';
const UNREACHABLE = 'the host cannot be reached';
const UNKNOWN_HOST = 'the host name cannot be resolved';
const SLOW_CONNECT = 'no connection in time';
const UNTRUSTED = 'the TLS certificate cannot be trusted';

const NETWORK_FAILURES: Record<string, string> = {
  ECONNREFUSED: REFUSED,
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: CLOSED,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  ENETUNREACH: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ETIMEDOUT: SLOW_CONNECT,
  UND_ERR_CONNECT_TIMEOUT: SLOW_CONNECT,
  CERT_HAS_EXPIRED: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: UNTRUSTED,
};

/** The HttpFailure itself is not the cause: it says the same, and may contain the key, which must not be logged. */
function unavailable({ message, cause }: HttpFailure, { source, bearerToken }: JsonRequest): SourceUnavailableError {
  // An upstream may repeat the key in its error message.
  return new SourceUnavailableError(source, bearerToken ? message.replaceAll(bearerToken, '***') : message, cause);
}
