import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { HttpFailure } from './http-errors.js';

/** Each one costs a stream. */
const MAX_CODINGS = 4;

/** The names in a Content-Encoding header, in the order in which they were applied. */
export function codingsOf(header: string | string[] | undefined): string[] {
  const names = String(header ?? '').split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

export function isKnownCoding(name: string): boolean {
  return ['identity', 'gzip', 'x-gzip', 'deflate', 'br'].includes(name);
}

/**
 * Undoes the codings of a body as far as its first bytes confirm them: mirrors keep headers of how a file was uploaded
 * or is stored, such as `aws-chunked`, `utf-8`, or `gzip` for what they have unpacked. A file `.json.gz` has no header.
 * An unknown coding is left to the parser.
 */
export function decompressed(body: AsyncIterable<Buffer>, codings: readonly string[]): AsyncIterable<Buffer> {
  if (codings.length > MAX_CODINGS) throw new HttpFailure(`compressed more than ${MAX_CODINGS} times`);
  return [...codings.toReversed(), 'identity'].reduce(withoutCoding, body);
}

async function* withoutCoding(body: AsyncIterable<Buffer>, coding: string): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  const head = await firstBytes(chunks);
  const decoder = decoderFor(coding, head);
  const whole = continued(head, chunks);
  // An error on either side destroys both, and the reader gets it: the callback has nothing to do.
  yield* decoder ? pipeline(Readable.from(whole), decoder, () => {}) : whole;
}

/** Two bytes at least, unless the body is shorter. */
async function firstBytes(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* continued(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => chunks };
}

/** Undefined for bytes that are taken as they are. */
function decoderFor(coding: string, head: Buffer): Transform | undefined {
  if (head.length === 0) return undefined;
  if (coding === 'br') return createBrotliDecompress();
  if (coding === 'deflate') return isZlib(head) ? createInflate() : createInflateRaw();
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const isDamaged = /^(x-)?gzip$/.test(coding) && !isStartOfJson(head);
  return isGzip || isDamaged ? createGunzip() : undefined;
}

/** RFC 1950: deflate in HTTP has this head, but some servers (IIS) leave it away. */
function isZlib(head: Buffer): boolean {
  return ((head[0] ?? 0) & 0x0f) === 8 && head.length > 1 && head.readUInt16BE(0) % 31 === 0;
}

/** A bracket, white space, or a byte order mark. */
function isStartOfJson(head: Buffer): boolean {
  return /^[[{\s\xef]/.test(head.toString('latin1', 0, 1));
}
