import { type DocumentNode, type ExecutionResult, type GraphQLSchema, Kind, visit } from 'graphql';
import { compileQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { measureDocument } from './limits/document-figures.js';
import type { RequestContext } from './request-context.js';

export type Run = (context: RequestContext) => Promise<ExecutionResult> | ExecutionResult;

/** Each takes some hundred kilobytes of code. */
const MAX_COMPILED = 100;
/** Compiling takes a tenth of a millisecond for each. */
const MAX_SELECTIONS = 100;

/**
 * Known queries as functions, made by graphql-jit: where answers are not kept, the same queries are run all the time.
 * It is right about plain queries only. With variables it forgets defaults, takes omitted ones for null, and never ends
 * over a recursive input type; with `@skip` and `@include` it leaves out what should be there.
 */
export class CompiledQueries {
  readonly #schema: GraphQLSchema;
  readonly #runs = new LRUCache<DocumentNode, Run>({ max: MAX_COMPILED });
  readonly #seen = new WeakSet<DocumentNode>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** Undefined where graphql-js is to run it. What comes again is compiled when its request has been answered. */
  find(document: DocumentNode): Run | undefined {
    const run = this.#runs.get(document);
    if (!run && !this.#seen.has(document)) {
      this.#seen.add(document);
      setImmediate(() => this.compile(document));
    }
    return run;
  }

  compile(document: DocumentNode): Run | undefined {
    if (!isPlain(document)) return undefined;
    const compiled = compileQuery(this.#schema, document);
    // What it cannot compile it answers with errors.
    if (!('query' in compiled)) return undefined;
    const run: Run = (context) => compiled.query(undefined, context, {});
    this.#runs.set(document, run);
    return run;
  }
}

/** One small operation, without what graphql-jit takes for something else than graphql-js does. */
export function isPlain(document: DocumentNode): boolean {
  const [figures, ...others] = measureDocument(document);
  if (!figures || others.length > 0) return false;
  return figures.directives === 0 && figures.selections <= MAX_SELECTIONS && !hasVariablesOrMeta(document);
}

function hasVariablesOrMeta(document: DocumentNode): boolean {
  let found = false;
  const find = () => {
    found = true;
  };
  visit(document, {
    [Kind.VARIABLE_DEFINITION]: find,
    [Kind.FIELD]: ({ name }) => {
      // The schema seen through itself: seldom asked twice, and slow to compile.
      if (name.value === '__schema' || name.value === '__type') find();
    },
  });
  return found;
}
