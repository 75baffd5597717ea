import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { LRUCache } from 'lru-cache';
import * as v from 'valibot';
import { ConfigError } from '../errors.js';
import type { RequestContext } from './context.js';

/** Characters of the queries that are kept. */
const MAX_CHARACTERS = 4_000_000;

/** The queries that clients have registered by their hash (automatic persisted queries). */
export class PersistedQueries {
  readonly #queries = new LRUCache<string, string>({
    maxSize: MAX_CHARACTERS,
    // A hash and the entry itself count as well.
    sizeCalculation: (query) => query.length + 300,
  });

  /** As Apollo asks for it. */
  readonly store = {
    get: async (key: string) => this.#queries.get(key),
    set: async (key: string, query: string) => void this.#queries.set(key, query),
    delete: async (key: string) => this.#queries.delete(key),
  };

  find(hash: string): string | undefined {
    return this.#queries.get(PREFIX + hash);
  }

  register(hash: string, query: string): void {
    if (!this.#queries.has(PREFIX + hash)) this.#queries.set(PREFIX + hash, query);
  }
}

/** Of Apollo's keys. */
const PREFIX = 'apq:';

/** As graphql-codegen's client preset writes it, `{hash: query}`; or Apollo's `{operations: [{body}]}`. */
const Manifest = v.union([
  v.object({ operations: v.array(v.object({ body: v.string() })) }),
  v.record(v.string(), v.string()),
]);

/** The only queries that are served. */
export interface QueryList {
  has(query: string): boolean;
  /** By the SHA-256 of its text. */
  hasHash(hash: string): boolean;
}

export function readManifest(path: string): QueryList {
  try {
    const manifest = v.parse(Manifest, JSON.parse(readFileSync(path, 'utf8')));
    const queries = isOperations(manifest)
      ? manifest.operations.map(({ body }) => body)
      : Object.values(manifest);
    const hashes = new Set(queries.map(sha256));
    return { has: (query) => hashes.has(sha256(query)), hasHash: (hash) => hashes.has(hash) };
  } catch (error) {
    throw new ConfigError(`PERSISTED_QUERIES is ${path}, which cannot be used: ${(error as Error).message}`);
  }
}

/** Serves the listed queries only. */
export function allowOnly(listed: QueryList): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ queryHash }) => {
        if (!listed.hasHash(queryHash)) throw notListed({ http: { status: 403 } });
      },
    }),
  };
}

export function notListed(more: GraphQLErrorExtensions = {}): GraphQLError {
  const message = 'This server serves the queries of its manifest only';
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN', ...more } });
}

function isOperations(
  manifest: v.InferOutput<typeof Manifest>,
): manifest is { operations: { body: string }[] } {
  return Array.isArray((manifest as { operations?: unknown }).operations);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
