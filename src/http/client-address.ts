import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** What tells the address of its client. */
export type AddressedRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

/** Tells the address of a client as Fastify does, for requests that never reach it. */
export function addressReader(trustedProxies: readonly string[]): (request: AddressedRequest) => string {
  if (trustedProxies.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trust = proxyAddr.compile([...trustedProxies]);
  // It reads nothing else of a request.
  return (request) => proxyAddr(request as IncomingMessage, trust);
}
