import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import * as v from 'valibot';
import { ConfigError } from '../errors.js';
import type { RequestContext } from './request-context.js';

/** As graphql-codegen's client preset writes it, `{hash: query}`; or Apollo's `{operations: [{body}]}`. */
const Manifest = v.union([
  v.object({ operations: v.array(v.object({ body: v.string() })) }),
  v.record(v.string(), v.string()),
]);

/** Reads the list of the only queries that are served, as a set of the SHA-256 of their texts. */
export function readManifest(path: string): ReadonlySet<string> {
  try {
    const manifest = v.parse(Manifest, JSON.parse(readFileSync(path, 'utf8')));
    const queries = isOperations(manifest)
      ? manifest.operations.map(({ body }) => body)
      : Object.values(manifest);
    return new Set(queries.map(sha256));
  } catch (error) {
    throw new ConfigError(`PERSISTED_QUERIES is ${path}, which cannot be used: ${(error as Error).message}`);
  }
}

/** Serves the listed queries only. */
export function allowOnly(listed: ReadonlySet<string>): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ queryHash }) => {
        if (listed.has(queryHash)) return;
        throw new GraphQLError('This server serves the queries of its manifest only', {
          extensions: { code: 'FORBIDDEN', http: { status: 403 } },
        });
      },
    }),
  };
}

function isOperations(
  manifest: v.InferOutput<typeof Manifest>,
): manifest is { operations: { body: string }[] } {
  return Array.isArray((manifest as { operations?: unknown }).operations);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
