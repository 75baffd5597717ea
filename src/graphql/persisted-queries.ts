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

/** The prefix of Apollo's keys. */
const PREFIX = 'apq:';

/**
 * Automatic persisted queries: those that clients have registered by their hash, and those of the manifest, which need no
 * registration. Apollo uses it as its store.
 */
export class PersistedQueries {
  readonly #listed: QueryList;
  readonly #queries = new LRUCache<string, string>({
    maxSize: MAX_CHARACTERS,
    // A hash and the entry itself count as well.
    sizeCalculation: (query) => query.length + 300,
  });

  constructor(listed: QueryList = new Map()) {
    this.#listed = listed;
  }

  get = async (key: string) => this.find(key.slice(PREFIX.length));
  set = async (key: string, query: string) => void this.#queries.set(key, query);
  delete = async (key: string) => this.#queries.delete(key);

  find(hash: string): string | undefined {
    return this.#listed.get(hash) ?? this.#queries.get(PREFIX + hash);
  }

  register(hash: string, query: string): void {
    if (!this.#queries.has(PREFIX + hash)) this.#queries.set(PREFIX + hash, query);
  }
}

/** As graphql-codegen's client preset writes it, `{hash: query}`; or Apollo's `{operations: [{body}]}`. */
const Manifest = v.union([
  v.pipe(
    v.object({ operations: v.array(v.object({ body: v.string() })) }),
    v.transform(({ operations }) => operations.map(({ body }) => body)),
  ),
  v.pipe(
    v.record(v.string(), v.string()),
    v.transform((queries) => Object.values(queries)),
  ),
]);

/** The only queries that are served, by their SHA-256 hashes. */
export type QueryList = ReadonlyMap<string, string>;

export function readManifest(path: string): QueryList {
  try {
    const queries = v.parse(Manifest, JSON.parse(readFileSync(path, 'utf8')));
    return new Map(queries.map((query) => [sha256(query), query]));
  } catch (error) {
    throw new ConfigError(`PERSISTED_QUERIES is ${path}, which cannot be used: ${(error as Error).message}`);
  }
}

/** Serves the listed queries only. */
export function allowOnly(listed: QueryList): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ queryHash }) => {
        if (!listed.has(queryHash)) throw notListed({ http: { status: 403 } });
      },
    }),
  };
}

export function notListed(more: GraphQLErrorExtensions = {}): GraphQLError {
  const message = 'This server serves only the queries of its manifest';
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN', ...more } });
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
