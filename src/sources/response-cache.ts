import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { SourceUnavailableError } from '../errors.js';
import { replaceFile } from '../files.js';
import { dayOf, type JsonClient, type JsonResponse, type Validators, validatorOf } from './http-client.js';
import { withoutSecrets } from './json.js';

interface CachedResponse extends Validators {
  body: unknown;
}

/** No body is larger when it is fetched. */
const MAX_BYTES = 20_000_000;

/**
 * The last usable response of each URL with its validators (ETag, Last-Modified), for conditional requests. Each is a
 * gzipped JSON file; one that is missing, damaged or not ours is a cache miss. Without a folder nothing is saved.
 */
export class ResponseCache {
  readonly #folder: string | undefined;
  readonly #unsaved = new Map<string, CachedResponse>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  async get(url: string): Promise<CachedResponse | null> {
    const unsaved = this.#unsaved.get(url);
    if (unsaved || this.#folder === undefined) return unsaved ?? null;
    return read(pathOf(this.#folder, url)).catch(() => null);
  }

  put(url: string, response: CachedResponse): void {
    this.#unsaved.set(url, response);
  }

  /** Writes what was put since the last time. */
  async save(): Promise<void> {
    if (this.#folder === undefined) return;
    for (const [url, response] of this.#unsaved) {
      await replaceFile(pathOf(this.#folder, url), await promisify(gzip)(JSON.stringify(response)));
      // Another refresh may have put a newer one meanwhile.
      if (this.#unsaved.get(url) === response) this.#unsaved.delete(url);
    }
  }
}

/** The URL is hashed, because it may contain a key. */
function pathOf(folder: string, url: string): string {
  return join(folder, 'sources', `${createHash('sha256').update(url).digest('hex')}.json.gz`);
}

/** The checksum of gzip detects a file that is cut or damaged. */
async function read(path: string): Promise<CachedResponse | null> {
  const file = await stat(path);
  // Other users may write to the folder when it is in /tmp.
  const isForeign = process.getuid !== undefined && file.uid !== process.getuid();
  if (!file.isFile() || isForeign || file.size > MAX_BYTES) return null;
  const json = await promisify(gunzip)(await readFile(path), { maxOutputLength: 2 * MAX_BYTES });
  const { etag, lastModified, body } = JSON.parse(json.toString('utf8')) as Partial<CachedResponse>;
  return body === undefined
    ? null
    : { etag: validatorOf(etag), lastModified: validatorOf(lastModified), body };
}

/** The client for one fetch of one source: makes conditional requests for what is cached. */
export class CachingClient implements JsonClient {
  readonly #http: JsonClient;
  readonly #cache: ResponseCache;
  readonly #isForced: boolean;
  readonly #received = new Map<string, CachedResponse>();
  reusedCount = 0;

  /** `isForced`: requests everything in full. */
  constructor(http: JsonClient, cache: ResponseCache, isForced: boolean) {
    this.#http = http;
    this.#cache = cache;
    this.#isForced = isForced;
  }

  async getJson(request: Parameters<JsonClient['getJson']>[0]): Promise<JsonResponse> {
    const cached = this.#isForced ? null : await this.#cache.get(request.url);
    const response = await this.#http.getJson(cached ? { ...request, validators: cached } : request);
    if (cached && response.notModified) {
      this.reusedCount += 1;
      return { ...response, body: cached.body, lastModifiedOn: dayOf(cached.lastModified) };
    }
    this.#received.set(request.url, { ...response.validators, body: response.body });
    return response;
  }

  /** Whether every response was one that the source had sent before. */
  get isReused(): boolean {
    return this.reusedCount > 0 && this.#received.size === 0;
  }

  /** Caches what was received, once the adapter has found it usable. */
  commit(): void {
    for (const [url, response] of this.#received) this.#cache.put(url, response);
  }
}

/** Answers from the cache alone. */
export function cacheOnlyClient(cache: ResponseCache): JsonClient {
  return {
    async getJson({ source, url }): Promise<JsonResponse> {
      const cached = await cache.get(url);
      if (!cached) throw new SourceUnavailableError(source, 'nothing is cached');
      const lastModifiedOn = dayOf(cached.lastModified);
      return {
        body: cached.body,
        url: withoutSecrets(url),
        lastModifiedOn,
        validators: cached,
        notModified: true,
      };
    },
  };
}
