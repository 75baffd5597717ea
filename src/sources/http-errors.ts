import { shown } from './json.js';

/** Why a request failed, in words for the operator, and whether a retry makes sense. */
export class HttpFailure extends Error {
  readonly isTransient: boolean;
  /** How long the upstream asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: string,
    options: { isTransient?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(reason, { cause: options.cause });
    this.isTransient = options.isTransient ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
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
