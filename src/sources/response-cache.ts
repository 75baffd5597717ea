import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { replaceFile } from '../files.js';
import { MAX_BYTES } from './http-body.js';
import { type JsonClient, type Validators, validatorOf } from './http-client.js';
import { withoutSecrets } from './json.js';
import type { Source, SourceAnswer, SourceRequest } from './source.js';

interface CachedResponse extends Validators {
  body: unknown;
}

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
  return body === undefined ? null : { etag: validatorOf(etag), lastModified: validatorOf(lastModified), body };
}

/** Fetches with conditional requests for what is cached; `force` makes it request everything in full. */
export async function fetchCached<R>(
  cache: ResponseCache,
  source: Source<R>,
  request: SourceRequest,
  force: boolean,
): Promise<SourceAnswer<R>> {
  const current = force ? null : await stillCurrent(cache, source, request);
  if (current) return current;
  const received = new Map<string, CachedResponse>();
  let isReused = false;
  const getJson: JsonClient['getJson'] = async (wanted) => {
    const cached = force ? null : await cache.get(wanted.url);
    const response = await request.http.getJson(cached ? { ...wanted, validators: cached } : wanted);
    if (cached && response.notModified) {
      isReused = true;
      return { ...response, ...cached };
    }
    const { etag, lastModified, body } = response;
    received.set(wanted.url, { etag, lastModified, body });
    return response;
  };
  try {
    const answer = await source.fetch({ ...request, http: { getJson } });
    for (const [url, response] of received) cache.put(url, response);
    return { ...answer, reused: isReused && received.size === 0 };
  } catch (error) {
    // What was cached may be the reason.
    if (!isReused || request.signal.aborted) throw error;
    return fetchCached(cache, source, request, true);
  }
}

/** The cached answer, if the source has announced that it has nothing newer yet. */
async function stillCurrent<R>(
  cache: ResponseCache,
  source: Source<R>,
  request: SourceRequest,
): Promise<SourceAnswer<R> | null> {
  if (!source.announcesNextUpdate) return null;
  const getJson: JsonClient['getJson'] = async ({ url }) => {
    const cached = (await cache.get(url)) ?? { body: null, etag: null, lastModified: null };
    return { ...cached, url: withoutSecrets(url), notModified: true };
  };
  const answer = await source.fetch({ ...request, http: { getJson } }).catch(() => null);
  const isCurrent = Date.parse(answer?.nextUpdateAt ?? '') > Date.now();
  return answer && isCurrent ? { ...answer, reused: true } : null;
}
