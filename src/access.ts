import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { AppError } from './errors.js';

export interface AdminToken {
  /** Who holds it, for the log and the reports. */
  name: string;
  token: string;
}

export interface AccessOptions {
  host: string;
  adminTokens: readonly AdminToken[];
  corsOrigins: readonly string[];
}

/** What a request says of itself. */
export interface Caller {
  authorization?: string | undefined;
  host?: string | undefined;
  origin?: string | undefined;
}

/**
 * Who may change things: the bearer of a token; without tokens, programs of this machine, as long as the server
 * listens on a loopback address only. Returns the caller's name; throws UNAUTHENTICATED or FORBIDDEN.
 */
export function checkMayChange(options: AccessOptions, caller: Caller): string {
  if (options.adminTokens.length > 0) return holderOf(options.adminTokens, caller.authorization);
  if (!isLoopback(options.host)) {
    throw new AppError('FORBIDDEN', 'Mutations are switched off: the operator has set no ADMIN_TOKEN');
  }
  if (!isOfThisMachine(caller, options.corsOrigins)) {
    throw new AppError('FORBIDDEN', 'Without ADMIN_TOKEN mutations are for callers on this machine only');
  }
  return 'local';
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** Every token is compared, whichever fits. */
function holderOf(tokens: readonly AdminToken[], authorization: string | undefined): string {
  const given = bearerOf(authorization);
  const [holder] = tokens.filter(({ token }) => isSameText(token, given));
  if (!holder)
    throw new AppError('UNAUTHENTICATED', 'This needs the header Authorization: Bearer ADMIN_TOKEN');
  return holder.name;
}

/** The token in an Authorization header; empty when there is none. */
export function bearerOf(authorization: string | undefined): string {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** In a time that tells nothing of where two texts differ, nor of how long they are. */
export function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * A web page can make a browser send us requests, and can let its own name lead to 127.0.0.1 to read the answers: such
 * a request comes from this machine, but its Host or its Origin has the page's name in it.
 */
function isOfThisMachine({ host, origin }: Caller, corsOrigins: readonly string[]): boolean {
  if (!isLoopback(hostNameOf(`http://${host}`))) return false;
  return origin === undefined || corsOrigins.includes(origin) || isLoopback(hostNameOf(origin));
}

function hostNameOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname.replace(/^\[|\]$/g, '') : '';
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
