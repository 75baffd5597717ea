import { LRUCache } from 'lru-cache';
import type { DataVersion } from '../db/data-version.js';
import type { Answer } from './response.js';

export interface AnswerCacheOptions {
  /** 0 keeps nothing. */
  maxBytes: number;
  dataVersion: Pick<DataVersion, 'current'>;
}

export interface Kept {
  answer: Answer;
  /** It was not run for this request. */
  hit: boolean;
}

/** The answers to the questions asked last, as bytes, until the data change. */
export class AnswerCache {
  readonly counts = { hits: 0, misses: 0 };
  readonly #dataVersion: AnswerCacheOptions['dataVersion'];
  readonly #answers: LRUCache<string, Answer> | undefined;
  readonly #running = new Map<string, Promise<Answer>>();
  #version: number | undefined;

  constructor({ maxBytes, dataVersion }: AnswerCacheOptions) {
    this.#dataVersion = dataVersion;
    if (maxBytes > 0) this.#answers = new LRUCache({ maxSize: maxBytes, sizeCalculation });
  }

  get keeps(): boolean {
    return this.#answers !== undefined;
  }

  /** What is kept of these data, where that can be said without waiting. */
  kept(key: string): Answer | undefined {
    if (!this.#answers || this.#knownVersion() !== this.#version) return undefined;
    const answer = this.#answers.get(key);
    if (answer) this.counts.hits += 1;
    return answer;
  }

  /** Null when the answer cannot be kept: nobody knows which data it would be of, or keeping is switched off. */
  async get(key: string, run: () => Promise<Answer>): Promise<Kept | null> {
    if (!this.#answers || !(await this.#isCurrent())) return null;
    // Nothing is waited for between looking and beginning to run, or all who come at once would run.
    const running = this.#running.get(key);
    const answer = this.#answers.get(key) ?? (running && (await running.then(ifWhole, () => undefined)));
    if (answer) {
      this.counts.hits += 1;
      return { answer, hit: true };
    }
    this.counts.misses += 1;
    return { answer: await this.#runOnce(key, run), hit: false };
  }

  #knownVersion(): number | null {
    const version = this.#dataVersion.current();
    if (typeof version === 'number') return version;
    // Whoever waits for it hears what is wrong.
    version.catch(() => undefined);
    return null;
  }

  /** Drops what is of other data. A database that cannot be asked is the query's to report. */
  async #isCurrent(): Promise<boolean> {
    try {
      const version = await this.#dataVersion.current();
      if (version !== this.#version) this.#begin(version);
      return true;
    } catch {
      return false;
    }
  }

  #begin(version: number): void {
    this.#version = version;
    this.#answers?.clear();
    // Those who wait for what is running get it; those who come now do not.
    this.#running.clear();
  }

  async #runOnce(key: string, run: () => Promise<Answer>): Promise<Answer> {
    const version = this.#version;
    const running = run();
    this.#running.set(key, running);
    try {
      const answer = await running;
      if (answer.isWhole && version === this.#version) this.#answers?.set(key, answer);
      return answer;
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }
}

function sizeCalculation(answer: Answer, key: string): number {
  return answer.bytes + key.length;
}

/** Errors are never kept: they may have passed by the next request, and they carry the request's id. */
function ifWhole(answer: Answer): Answer | undefined {
  return answer.isWhole ? answer : undefined;
}
