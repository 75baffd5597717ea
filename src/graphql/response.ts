import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { RequestFacts } from './context.js';

export type Encoding = 'br' | 'gzip' | 'identity';

/** Shorter ones fit one network packet anyway. */
const WORTH_COMPRESSING_BYTES = 1_024;

/** An answer as it goes over the wire, in every form in which somebody has asked for it. */
export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** It has data and no errors, which come first where there are any. */
  readonly isWhole: boolean;
  /** What the log tells of the request that it was made for, and of those it is given to again. */
  readonly facts: Pick<RequestFacts, 'operation' | 'cost'>;
  readonly #forms = new Map<Encoding, Buffer | Promise<Buffer>>();
  /** A short one is text, which Node writes in one piece with its head. */
  readonly #plain: string | Buffer;

  /** The headers are those of every form: without the length. */
  constructor(status: number, headers: Readonly<Record<string, string>>, text: string, facts: RequestFacts) {
    this.status = status;
    this.headers = headers;
    this.facts = pick(facts);
    this.isWhole = status === 200 && text.startsWith('{"data":{');
    this.#plain = isLong(text) ? Buffer.from(text) : text;
  }

  get isCompressible(): boolean {
    return typeof this.#plain !== 'string';
  }

  /** With the compressed forms, which seldom take half as much again. */
  get bytes(): number {
    return Math.ceil(Buffer.byteLength(this.#plain) * 1.5);
  }

  /** Compressed once, off the main thread. */
  body(encoding: Encoding): string | Buffer | Promise<Buffer> {
    if (encoding === 'identity') return this.#plain;
    return this.#forms.get(encoding) ?? this.#compress(encoding);
  }

  #compress(encoding: 'br' | 'gzip'): Promise<Buffer> {
    const compressing = COMPRESSORS[encoding](Buffer.from(this.#plain)).then((compressed) => {
      this.#forms.set(encoding, compressed);
      return compressed;
    });
    this.#forms.set(encoding, compressing);
    return compressing;
  }
}

function isLong(text: string): boolean {
  return text.length >= WORTH_COMPRESSING_BYTES || Buffer.byteLength(text) >= WORTH_COMPRESSING_BYTES;
}

function pick({ operation, cost }: RequestFacts): Answer['facts'] {
  const picked: Pick<RequestFacts, 'operation' | 'cost'> = {};
  if (operation !== undefined) picked.operation = operation;
  if (cost !== undefined) picked.cost = cost;
  return picked;
}

/** Quality 4 is smaller than gzip and takes less time; the highest ones take a hundred times as long. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const COMPRESSORS = {
  br: (body: Buffer) => promisify(brotliCompress)(body, BROTLI),
  gzip: (body: Buffer) => promisify(gzip)(body),
} as const;

/** The smallest form that a client says it takes. Clients say it in few ways, so each way is read once. */
export function acceptedEncoding(accepted: string | string[] | undefined): Encoding {
  if (accepted === undefined) return 'identity';
  const header = String(accepted);
  const encoding = known.get(header) ?? negotiate(header);
  known.set(header, encoding);
  return encoding;
}

const known = new LRUCache<string, Encoding>({ max: 100 });

function negotiate(header: string): Encoding {
  const taken = new Negotiator({ headers: { 'accept-encoding': header } }).encodings([...BY_SIZE]);
  return BY_SIZE.find((encoding) => taken.includes(encoding)) ?? 'identity';
}

const BY_SIZE = ['br', 'gzip', 'identity'] as const;
