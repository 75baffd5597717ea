import { LRUCache } from 'lru-cache';
import type { DataVersion } from '../db/data-version.js';
import type { SerializedResponse } from './response.js';

export interface ResponseCacheOptions {
  /** 0 disables the cache. */
  maxBytes: number;
  dataVersion: Pick<DataVersion, 'current'>;
}

export interface CachedResponse {
  response: SerializedResponse;
  /** False for the request that it was executed for. */
  isHit: boolean;
}

/** A client that waits for a response. */
interface Waiter {
  hasGone(): boolean;
}

type Execute = (isAbandoned: () => boolean) => Promise<SerializedResponse>;

interface Execution {
  response: Promise<SerializedResponse>;
  waiters: Waiter[];
}

/** The entry of a request's bytes: the key of the response. */
interface Alias {
  key: string;
}

const ALIAS_OVERHEAD_BYTES = 300;

/**
 * Responses of queries by their key, as bytes, until the data change. A second kind of entry leads from the bytes of a
 * request to the key, so that the same request is answered without being parsed. Both count against one bound.
 */
export class ResponseCache {
  readonly counts = { hits: 0, misses: 0 };
  readonly #dataVersion: ResponseCacheOptions['dataVersion'];
  readonly #entries: LRUCache<string, SerializedResponse | Alias> | undefined;
  readonly #executions = new Map<string, Execution>();
  #version: number | undefined;

  constructor({ maxBytes, dataVersion }: ResponseCacheOptions) {
    this.#dataVersion = dataVersion;
    if (maxBytes > 0) this.#entries = new LRUCache({ maxSize: maxBytes, sizeCalculation });
  }

  get isEnabled(): boolean {
    return this.#entries !== undefined;
  }

  /** The cached response, where that is known without waiting for the database. */
  find(key: string): SerializedResponse | undefined {
    if (!this.#entries || this.#knownVersion() !== this.#version) return undefined;
    const response = this.#response(key);
    if (response) this.counts.hits += 1;
    return response;
  }

  /** The same by the bytes of a request that `remember` was told of. */
  findByBytes(bytes: string): SerializedResponse | undefined {
    const alias = this.#entries?.get(bytes);
    return alias && 'key' in alias ? this.find(alias.key) : undefined;
  }

  /** From now on a request of these bytes is answered with the response of this key. */
  remember(bytes: string, key: string): void {
    if (this.#entries?.has(key)) this.#entries.set(bytes, { key });
  }

  /**
   * Null when the response cannot be cached: the version of the data is unknown, or the cache is disabled. Requests for
   * the same key share one execution, which is abandoned when all their clients have gone.
   */
  async get(key: string, waiter: Waiter, execute: Execute): Promise<CachedResponse | null> {
    if (!this.#entries || !(await this.#isCurrent())) return null;
    // No await between looking and executing, or all that arrive at once would execute.
    const shared = this.#executions.get(key);
    const response = this.#response(key) ?? (shared && (await join(shared, waiter)));
    if (response) {
      this.counts.hits += 1;
      return { response, isHit: true };
    }
    this.counts.misses += 1;
    return { response: await this.#executeOnce(key, waiter, execute), isHit: false };
  }

  /** Counts a response anew that has been compressed meanwhile. */
  resize(key: string, response: SerializedResponse): void {
    if (this.#entries?.peek(key) !== response) return;
    this.#entries.delete(key);
    this.#entries.set(key, response);
  }

  #response(key: string): SerializedResponse | undefined {
    const entry = this.#entries?.get(key);
    return entry && 'key' in entry ? undefined : entry;
  }

  #knownVersion(): number | null {
    const version = this.#dataVersion.current();
    if (typeof version === 'number') return version;
    // Reported to the request that waits for it.
    version.catch(() => undefined);
    return null;
  }

  /** Invalidates responses of older data. An unreachable database is for the query to report. */
  async #isCurrent(): Promise<boolean> {
    try {
      const version = await this.#dataVersion.current();
      if (version !== this.#version) this.#invalidate(version);
      return true;
    } catch {
      return false;
    }
  }

  #invalidate(version: number): void {
    this.#version = version;
    this.#entries?.clear();
    // Those that wait for an execution get its response; those that arrive from now on do not.
    this.#executions.clear();
  }

  async #executeOnce(key: string, waiter: Waiter, execute: Execute): Promise<SerializedResponse> {
    const version = this.#version;
    const waiters = [waiter];
    const execution = { waiters, response: execute(() => waiters.every((one) => one.hasGone())) };
    this.#executions.set(key, execution);
    try {
      const response = await execution.response;
      if (response.isWhole && version === this.#version) this.#entries?.set(key, response);
      return response;
    } finally {
      if (this.#executions.get(key) === execution) this.#executions.delete(key);
    }
  }
}

/** Errors are not shared: they may have passed by the next request, and they carry the id of their own. */
async function join(execution: Execution, waiter: Waiter): Promise<SerializedResponse | undefined> {
  execution.waiters.push(waiter);
  const response = await execution.response.catch(() => undefined);
  return response?.isWhole ? response : undefined;
}

/** Text takes at most two bytes for each character. */
function sizeCalculation(entry: SerializedResponse | Alias, key: string): number {
  if ('key' in entry) return ALIAS_OVERHEAD_BYTES + 2 * (key.length + entry.key.length);
  return entry.size + 2 * key.length;
}
