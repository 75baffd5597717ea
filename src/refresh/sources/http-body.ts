import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { HttpFailure } from './http-failure.js';
import { quoted, shown } from './upstream-message.js';

/** The body as JSON. A status of 200 proves little: error pages and half bodies come with it too. */
export async function jsonIn(response: Dispatcher.ResponseData, maxBytes: number): Promise<unknown> {
  const type = mediaType(response.headers['content-type']);
  if (!isAcceptable(type)) {
    response.body.destroy();
    throw new HttpFailure(`answered ${quoted(type)} instead of JSON`);
  }
  return parsed(await textIn(response, maxBytes));
}

export async function textIn(response: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Counted after decompression: a kilobyte on the wire can become a gigabyte here.
  for await (const chunk of decompressed(response)) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpFailure(`the body is larger than ${maxBytes / 1_000_000} MB`);
    chunks.push(chunk);
  }
  return utf8(Buffer.concat(chunks));
}

const DECOMPRESSORS: Record<string, () => NodeJS.ReadWriteStream> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

function decompressed({ headers, body }: Dispatcher.ResponseData): AsyncIterable<Buffer> {
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return body;
  const create = DECOMPRESSORS[encoding];
  if (!create) {
    body.destroy();
    throw new HttpFailure(`compressed as ${quoted(encoding)}, which nobody asked for`);
  }
  // An error on either side destroys both, and whoever reads gets it: nothing is left to do when it ends.
  return pipeline(body as Readable, create(), () => {}) as unknown as Readable;
}

function mediaType(header: string | string[] | undefined): string {
  return (String(header ?? '').split(';')[0] ?? '').trim().toLowerCase();
}

/** Hosts of raw files say text/plain, and some say nothing: then the parser decides. */
function isAcceptable(type: string): boolean {
  return type === '' || type === 'text/plain' || /^(application|text)\/([\w.-]+\+)?json$/.test(type);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HttpFailure('not valid UTF-8', { cause });
  }
}

function parsed(text: string): unknown {
  if (text === '') throw new HttpFailure('the answer is empty');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpFailure(`not valid JSON (${shown((cause as SyntaxError).message)})`, { cause });
  }
}
