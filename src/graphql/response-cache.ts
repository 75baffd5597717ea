import { LRUCache } from 'lru-cache';
import type { SerializedResponse } from './response.js';

export interface CachedResponse {
  response: SerializedResponse;
  /** False for the request that it was executed for. */
  isHit: boolean;
}

/** Whether a client that waits for a response has closed its connection. */
type HasGone = () => boolean;

type Execute = (isAbandoned: HasGone) => Promise<SerializedResponse>;

interface Execution {
  response: Promise<SerializedResponse>;
  waiters: HasGone[];
}

/** Leads from the text of a request to the key of its response. */
interface Alias {
  key: string;
}

/** What an alias takes besides its texts, including the bookkeeping of the cache. */
const ALIAS_OVERHEAD_BYTES = 300;

/**
 * The responses of data queries by their key, until the data change. Aliases lead from the text of a request to the
 * key, so that a repeated request is answered without being parsed. One bound counts all of it.
 */
export class ResponseCache {
  readonly counts = { hits: 0, misses: 0 };
  /** Of the data that are served. */
  readonly #dataVersion: () => number | Promise<number>;
  readonly #entries: LRUCache<string, SerializedResponse | Alias> | undefined;
  readonly #executions = new Map<string, Execution>();
  #version: number | undefined;

  /** With 0 bytes it is disabled. */
  constructor(maxBytes: number, dataVersion: () => number | Promise<number>) {
    this.#dataVersion = dataVersion;
    if (maxBytes > 0) this.#entries = new LRUCache({ maxSize: maxBytes, sizeCalculation });
  }

  get isEnabled(): boolean {
    return this.#entries !== undefined;
  }

  /** The response to a request of this text. Undefined also where the data version is not known without waiting. */
  findByAlias(text: string): SerializedResponse | undefined {
    const alias = this.#entries?.get(text);
    if (!alias || !('key' in alias) || this.#knownVersion() !== this.#version) return undefined;
    const response = this.#response(alias.key);
    if (response) this.counts.hits += 1;
    return response;
  }

  addAlias(text: string, key: string): void {
    if (this.#entries?.has(key)) this.#entries.set(text, { key });
  }

  /**
   * Requests for the same key share one execution, which is abandoned when all their clients have gone. Null when
   * nothing can be cached: the data version is unknown, or the cache is disabled.
   */
  async get(key: string, hasGone: HasGone, execute: Execute): Promise<CachedResponse | null> {
    if (!this.#entries || !(await this.#isCurrent())) return null;
    // No await between the look-up and the execution: otherwise each of several simultaneous requests would execute.
    const shared = this.#executions.get(key);
    const response = this.#response(key) ?? (shared && (await join(shared, hasGone)));
    if (response) {
      this.counts.hits += 1;
      return { response, isHit: true };
    }
    this.counts.misses += 1;
    return { response: await this.#execute(key, hasGone, execute), isHit: false };
  }

  #response(key: string): SerializedResponse | undefined {
    const entry = this.#entries?.get(key);
    return entry && 'key' in entry ? undefined : entry;
  }

  #knownVersion(): number | null {
    const version = this.#dataVersion();
    if (typeof version === 'number') return version;
    // The request that waits for it reports the error.
    version.catch(() => undefined);
    return null;
  }

  /** Invalidates the responses of older data. The query reports that the database cannot be reached. */
  async #isCurrent(): Promise<boolean> {
    try {
      const version = await this.#dataVersion();
      if (version === this.#version) return true;
      this.#version = version;
      this.#entries?.clear();
      // Requests that already wait for an execution get its response; later ones do not join it.
      this.#executions.clear();
      return true;
    } catch {
      return false;
    }
  }

  async #execute(key: string, hasGone: HasGone, execute: Execute): Promise<SerializedResponse> {
    const version = this.#version;
    const waiters = [hasGone];
    const execution = { waiters, response: execute(() => waiters.every((isGone) => isGone())) };
    this.#executions.set(key, execution);
    try {
      const response = await execution.response;
      if (response.isWhole && version === this.#version) this.#store(key, response);
      return response;
    } finally {
      if (this.#executions.get(key) === execution) this.#executions.delete(key);
    }
  }

  #store(key: string, response: SerializedResponse): void {
    this.#entries?.set(key, response);
    // A new value is measured again, the same one is not.
    response.onCompressed = () => {
      if (this.#entries?.peek(key) === response && this.#entries.delete(key)) this.#entries.set(key, response);
    };
  }
}

/** Errors are not shared: the next request may succeed, and they carry a request id. */
async function join(execution: Execution, hasGone: HasGone): Promise<SerializedResponse | undefined> {
  execution.waiters.push(hasGone);
  const response = await execution.response.catch(() => undefined);
  return response?.isWhole ? response : undefined;
}

/** Text takes at most two bytes a character. */
function sizeCalculation(entry: SerializedResponse | Alias, key: string): number {
  if ('key' in entry) return ALIAS_OVERHEAD_BYTES + 2 * (key.length + entry.key.length);
  return entry.size + 2 * key.length;
}
