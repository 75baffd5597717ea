import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  isLeafType,
  Kind,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { compileQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from './context.js';
import { measureDocument } from './limits/document.js';

export type Run = (
  context: RequestContext,
  variables: Record<string, unknown>,
) => Promise<ExecutionResult> | ExecutionResult;

/** Each takes some hundred kilobytes of code. */
const MAX_COMPILED = 50;
/** Compiling takes a tenth of a millisecond for each. */
const MAX_SELECTIONS = 100;

/**
 * Known queries as functions, made by graphql-jit: where answers are not kept, the same queries are run all the time.
 * It is right about plain queries only. It forgets defaults of variables, takes omitted ones for null, and never ends over
 * a recursive input type; with `@skip` and `@include` it leaves out what should be there.
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
    if (!isPlain(this.#schema, document)) return undefined;
    const compiled = compileQuery(this.#schema, document);
    // What it cannot compile it answers with errors.
    if (!('query' in compiled)) return undefined;
    const run: Run = (context, variables) => compiled.query(undefined, context, variables);
    this.#runs.set(document, run);
    return run;
  }
}

/** One small operation, without what graphql-jit takes for something else than graphql-js does. */
export function isPlain(schema: GraphQLSchema, document: DocumentNode): boolean {
  const [figures, ...others] = measureDocument(document);
  if (!figures || others.length > 0) return false;
  return figures.directives === 0 && figures.selections <= MAX_SELECTIONS && hasPlainParts(schema, document);
}

function hasPlainParts(schema: GraphQLSchema, document: DocumentNode): boolean {
  let isPlain = true;
  visit(document, {
    [Kind.VARIABLE_DEFINITION]: (definition) => {
      isPlain &&= isRequiredLeaf(schema, definition);
    },
    // The schema seen through itself: seldom asked twice, and slow to compile.
    [Kind.FIELD]: ({ name }) => {
      isPlain &&= name.value !== '__schema' && name.value !== '__type';
    },
  });
  return isPlain;
}

/** A variable that is always there, and is one value. */
function isRequiredLeaf(
  schema: GraphQLSchema,
  { type, defaultValue, variable }: VariableDefinitionNode,
): boolean {
  if (type.kind !== Kind.NON_NULL_TYPE || type.type.kind !== Kind.NAMED_TYPE || defaultValue) return false;
  return isLeafType(schema.getType(type.type.name.value)) && !variable.name.value.startsWith('__');
}
