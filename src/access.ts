import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from './errors.js';
import { isLoopback } from './net.js';

export interface AdminToken {
  /** Of its holder, for the log and the reports. */
  name: string;
  token: string;
}

export interface AccessOptions {
  host: string;
  adminTokens: readonly AdminToken[];
  corsOrigins: readonly string[];
}

/** The headers of a request that access depends on. */
export interface Caller {
  authorization?: string | undefined;
  host?: string | undefined;
  origin?: string | undefined;
}

/**
 * The bearer of a token may change data; without tokens, programs on this machine may, if the server listens on a
 * loopback address. Returns the caller's name; throws UNAUTHENTICATED or FORBIDDEN.
 */
export function checkMayChange(options: AccessOptions, caller: Caller): string {
  if (options.adminTokens.length > 0) return holderOf(options.adminTokens, caller.authorization);
  if (!isLoopback(options.host)) {
    throw new AppError('FORBIDDEN', 'Mutations are disabled: the operator has set no ADMIN_TOKEN');
  }
  if (!isFromThisMachine(caller, options.corsOrigins)) {
    throw new AppError('FORBIDDEN', 'Without ADMIN_TOKEN only callers on this machine may send mutations');
  }
  return 'local';
}

/** Whether the caller may change data, and therefore may see who else does. */
export function mayChange(options: AccessOptions, caller: Caller): boolean {
  try {
    checkMayChange(options, caller);
    return true;
  } catch {
    return false;
  }
}

/** Compares every token, so that the time does not depend on which one matches. */
function holderOf(tokens: readonly AdminToken[], authorization: string | undefined): string {
  const given = bearerOf(authorization);
  const [holder] = tokens.filter(({ token }) => isSameText(token, given));
  if (!holder) throw new AppError('UNAUTHENTICATED', 'This needs the header Authorization: Bearer ADMIN_TOKEN');
  return holder.name;
}

const GUESSED_FIRST = /pass|secret|admin|token|change|test|demo|letmein|qwerty|1234|abcd/i;

/** Whether a token could be guessed: too short, too few distinct characters, or built around a word that is tried first. */
export function isWeak(token: string): boolean {
  return token.length < 20 || new Set(token).size < 8 || (token.length < 32 && GUESSED_FIRST.test(token));
}

/** The token in an Authorization header, or an empty text. */
export function bearerOf(authorization: string | undefined): string {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** Takes the same time wherever the texts differ, and however long they are. */
export function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * A web page can make a browser send requests to 127.0.0.1, and read the responses if its own name resolves to that
 * address (DNS rebinding). Such a request comes from this machine, but its Host or Origin has the name of the page.
 */
function isFromThisMachine({ host, origin }: Caller, corsOrigins: readonly string[]): boolean {
  if (!isLoopback(hostNameOf(`http://${host}`))) return false;
  return origin === undefined || corsOrigins.includes(origin) || isLoopback(hostNameOf(origin));
}

function hostNameOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname.replace(/^\[|\]$/g, '') : '';
}
