import { isUtf8 } from 'node:buffer';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { quoted, shown } from './json.js';

/** The largest body after decompression. */
export const MAX_BYTES = 20_000_000;
/** Each one costs a stream. */
const MAX_CODINGS = 4;

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

/** Hosts of raw files send these, and some send no type: then the parser decides. */
const FILE_TYPE = /^(|text\/plain|(application|binary)\/octet-stream|application\/(x-)?gzip)$/;
const JSON_TYPE = /^(application|text)\/([\w.-]+\+)?json$/;

/** The JSON in a response. Checks everything: error pages and truncated bodies also come with status 200. */
export async function jsonIn(response: Dispatcher.ResponseData): Promise<unknown> {
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
    const unknown = codingsOf(response).filter((name) => !KNOWN_CODINGS.includes(name));
    if (unknown.length === 0) throw error;
    const { message } = error as HttpFailure;
    throw new HttpFailure(`${message}, and its Content-Encoding is ${quoted(unknown.join(', '))}`, { cause: error });
  }
}

/** The body without its codings. */
export async function bytesOf(response: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Counted after decompression: a kilobyte on the network can become a gigabyte here.
    for await (const chunk of decompressed(response.body, codingsOf(response))) {
      size += chunk.length;
      if (size > maxBytes) throw new HttpFailure(`the body is larger than ${maxBytes / 1_000_000} MB`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    response.body.destroy();
    throw error;
  }
}

export function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new HttpFailure('the answer is empty');
  if (!isUtf8(bytes)) throw new HttpFailure('not valid UTF-8');
  try {
    // Unlike Buffer.toString, it removes a byte order mark.
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new HttpFailure(`not valid JSON (${shown((cause as SyntaxError).message)})`, { cause });
  }
}

const KNOWN_CODINGS = ['identity', 'gzip', 'x-gzip', 'deflate', 'br'];

/** The names in the Content-Encoding header, in the order in which they were applied. */
function codingsOf({ headers }: Dispatcher.ResponseData): string[] {
  const names = String(headers['content-encoding'] ?? '').split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

/**
 * Undoes the codings of a body as far as its first bytes confirm them: mirrors keep headers of how a file was uploaded
 * or is stored, such as `aws-chunked`, `utf-8`, or `gzip` for what they have unpacked. A file `.json.gz` has no header.
 * An unknown coding is left to the parser.
 */
function decompressed(body: AsyncIterable<Buffer>, codings: readonly string[]): AsyncIterable<Buffer> {
  if (codings.length > MAX_CODINGS) throw new HttpFailure(`compressed more than ${MAX_CODINGS} times`);
  return [...codings.toReversed(), 'identity'].reduce(withoutCoding, body);
}

async function* withoutCoding(body: AsyncIterable<Buffer>, coding: string): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  const { value: head } = await chunks.next();
  if (head === undefined) return;
  const decoder = decoderFor(coding, head);
  const whole = continued(head, chunks);
  // An error on either side destroys both, and the reader gets it: the callback has nothing to do.
  yield* decoder ? pipeline(Readable.from(whole), decoder, () => {}) : whole;
}

async function* continued(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => chunks };
}

/** Undefined for bytes that are taken as they are. A chunk may hold only one. */
function decoderFor(coding: string, head: Buffer): Transform | undefined {
  const [first = 0, second = 0x8b] = head;
  if (coding === 'br') return createBrotliDecompress();
  // RFC 1950: deflate in HTTP begins with an 8 for its method, but some servers (IIS) omit this header.
  if (coding === 'deflate') return (first & 0x0f) === 8 ? createInflate() : createInflateRaw();
  const isGzip = first === 0x1f && second === 0x8b;
  const isDamaged = /^(x-)?gzip$/.test(coding) && !isStartOfJson(head);
  return isGzip || isDamaged ? createGunzip() : undefined;
}

/** A bracket, white space, or a byte order mark. */
function isStartOfJson(head: Buffer): boolean {
  return /^[[{\s\xef]/.test(head.toString('latin1', 0, 1));
}
