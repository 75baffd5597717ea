import { LRUCache } from 'lru-cache';

/** What Apollo keeps things in. */
export interface BoundedStore<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  // biome-ignore lint/suspicious/noConfusingVoidType: as Apollo has it.
  delete(key: string): Promise<boolean | void>;
}

/** Drops what was not asked for the longest time as soon as all of it together is larger than that. */
export function createBoundedStore<T extends object | string>(
  maxSize: number,
  sizeOf: (value: T) => number,
): BoundedStore<T> {
  const entries = new LRUCache<string, T>({
    maxSize,
    sizeCalculation: (value) => Math.max(1, sizeOf(value)),
  });
  return {
    get: async (key) => entries.get(key),
    set: async (key, value) => void entries.set(key, value),
    delete: async (key) => entries.delete(key),
  };
}
