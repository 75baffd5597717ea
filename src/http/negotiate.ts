import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedEncoding, type Encoding } from '../graphql/response.js';

/** Chooses the encoding of a body, and sets the headers for it. */
export function negotiateEncoding({ headers }: FastifyRequest, reply: FastifyReply): Encoding {
  const encoding = acceptedEncoding(headers['accept-encoding']);
  addVary(reply, 'accept-encoding');
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return encoding;
}

export function addVary(reply: FastifyReply, name: string): void {
  const others = reply.getHeader('vary');
  reply.header('vary', others ? `${others}, ${name}` : name);
}

/** Whether a client that sends this If-None-Match has what the tag is of. Tags of others may be split: they do not matter. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch?.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '').split(',').some((tag) => opaque(tag) === opaque(etag));
}
