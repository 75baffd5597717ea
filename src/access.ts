import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { AppError } from './errors.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export interface AccessOptions {
  host: string;
  adminToken: string | undefined;
}

/**
 * Who may change things: the bearer of ADMIN_TOKEN; without one set, everybody who can reach a server that listens on
 * a loopback address only. Throws UNAUTHENTICATED or FORBIDDEN.
 */
export function checkMayChange({ host, adminToken }: AccessOptions, authorization: string | undefined): void {
  if (adminToken !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined || !sameText(token, adminToken)) {
      throw new AppError('UNAUTHENTICATED', 'This needs the header Authorization: Bearer ADMIN_TOKEN');
    }
  } else if (!isLoopback(host)) {
    throw new AppError('FORBIDDEN', 'Mutations are switched off: the operator has set no ADMIN_TOKEN');
  }
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** In a time that tells nothing of where two texts differ, nor of how long they are. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
