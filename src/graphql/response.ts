import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestFacts } from './context.js';

export type Encoding = 'br' | 'gzip' | 'identity';

/** Shorter bodies fit into one network packet anyway. */
const MIN_COMPRESSED_BYTES = 1_024;

/** What an entry takes besides its texts: objects, headers and the bookkeeping of the cache, as measured. */
const OVERHEAD_BYTES = 1_000;

/** A response as bytes, in every encoding that a client has accepted. */
export class SerializedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** It has data and no errors (errors would come first), and depends on the stored data alone. */
  readonly isWhole: boolean;
  /** For the access-log entries of all requests that it is sent to. */
  readonly facts: Pick<RequestFacts, 'operation' | 'cost'>;
  /** Called when it has grown by another encoding. */
  onCompressed = () => {};
  readonly #compressed = new Map<Encoding, Buffer | Promise<Buffer>>();
  /** Short bodies stay text, which Node writes together with the head. */
  readonly #plain: string | Buffer;
  #etag: string | undefined;

  /** The headers are those of every encoding, without the length. */
  constructor(
    status: number,
    headers: Readonly<Record<string, string>>,
    text: string,
    { operation, cost, isLive }: RequestFacts,
  ) {
    this.status = status;
    this.headers = headers;
    this.facts = { ...(operation !== undefined && { operation }), ...(cost !== undefined && { cost }) };
    this.isWhole = status === 200 && !isLive && text.startsWith('{"data":{');
    const length = Buffer.byteLength(text);
    this.#plain = length < MIN_COMPRESSED_BYTES ? text : bytesOf(text, length);
  }

  get isCompressible(): boolean {
    return typeof this.#plain !== 'string';
  }

  /** Bytes of memory at most: text takes two for each character. */
  get size(): number {
    const { length } = this.#plain;
    let size = OVERHEAD_BYTES + (this.isCompressible ? length : 2 * length);
    for (const body of this.#compressed.values()) if (body instanceof Buffer) size += body.length;
    return size;
  }

  get etag(): string {
    this.#etag ??= etagOf(this.#plain);
    return this.#etag;
  }

  /** Compressed once for each encoding, off the main thread. */
  body(encoding: Encoding): string | Buffer | Promise<Buffer> {
    if (encoding === 'identity' || typeof this.#plain === 'string') return this.#plain;
    return this.#compressed.get(encoding) ?? this.#compress(encoding, this.#plain);
  }

  #compress(encoding: 'br' | 'gzip', plain: Buffer): Promise<Buffer> {
    const compressing = COMPRESSORS[encoding](plain).then((compressed) => {
      this.#compressed.set(encoding, compressed);
      this.onCompressed();
      return compressed;
    });
    this.#compressed.set(encoding, compressing);
    return compressing;
  }
}

/** Weak, because all encodings share it. Derived from the content, so that it is the same on every server and version. */
export function etagOf(content: string | Buffer): string {
  return `W/"${createHash('sha256').update(content).digest('base64url')}"`;
}

/** Not from the shared pool, of which a small body would keep 8 kB alive. */
function bytesOf(text: string, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  bytes.write(text);
  return bytes;
}

/** Quality 4 is smaller than gzip and takes less time; the highest ones take a hundred times as long. */
export const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const COMPRESSORS = {
  br: (body: Buffer) => promisify(brotliCompress)(body, BROTLI),
  gzip: (body: Buffer) => promisify(gzip)(body),
} as const;
