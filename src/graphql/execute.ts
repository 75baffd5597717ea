import type { FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  Kind,
  OperationTypeNode,
  parse,
  type SelectionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { createApollo, ENTRY_OVERHEAD, executeWithApollo, MAX_DOCUMENTS } from './apollo.js';
import type { RequestContext } from './context.js';
import { createCostCheck } from './limits/cost.js';
import { PersistedQueries, sha256 } from './persisted-queries.js';
import { SerializedResponse } from './response.js';
import { createSchema, stopWhenCancelled } from './schema.js';

/** A query whose response depends on the stored data alone, as the executor is given it. */
export interface DataQuery {
  query: string;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
  accept: string | undefined;
  /** Where the client sent the hash of the query as well. */
  hash: string | undefined;
}

/** The parameters of a request as its body or its URL has them: nothing is checked yet. */
export interface GraphqlParameters {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
}

export interface Executor {
  /** Undefined for everything that is not a query of stored data, and for what Apollo has to refuse. */
  dataQuery(parameters: GraphqlParameters, accept: string | undefined): DataQuery | undefined;
  execute(request: FastifyRequest, context: RequestContext, query?: DataQuery): Promise<SerializedResponse>;
  /** The hash of the query is known from now on, also where its response came from a cache. */
  register(query: DataQuery): void;
  stop(): Promise<void>;
}

/** A document that Apollo has validated, with the head of the response that it had. */
interface ValidatedDocument {
  document: DocumentNode;
  operation: string | undefined;
  status: number;
  headers: SerializedResponse['headers'];
}

/** Longer queries are seldom sent twice, and would fill the caches. */
const MAX_QUERY_LENGTH = 16_384;

/** Apollo executes; a query that it has executed without errors runs without it from then on. */
export async function startExecutor(
  logger: Logger,
  { http, limits }: Pick<Config, 'http' | 'limits'>,
): Promise<Executor> {
  const schema = stopWhenCancelled(createSchema());
  const checkCost = createCostCheck(limits);
  const persistedQueries = new PersistedQueries();
  const apollo = createApollo({ schema, checkCost, persistedQueries, logger, http });
  await apollo.start();
  const dependsOnData = createDataQueryCheck();
  const validated = new LRUCache<string, ValidatedDocument>({
    maxSize: MAX_DOCUMENTS,
    sizeCalculation: (_, key) => key.length + ENTRY_OVERHEAD,
  });

  /** Undefined where Apollo has to execute it: it alone makes errors. */
  async function executeValidated(key: string, query: DataQuery, context: RequestContext) {
    const known = validated.get(key);
    if (!known) return undefined;
    const { document } = known;
    const { operationName, variables } = query;
    try {
      context.budget.spend(checkCost({ schema, document, operationName, variables }, context.facts));
    } catch {
      return undefined;
    }
    context.startClock();
    const result = await execute({
      ...{ schema, document, operationName, variableValues: variables, contextValue: context },
    });
    if (!result.errors) return toResponse(known, result, context);
    // Otherwise it would run twice on every request.
    validated.delete(key);
    return undefined;
  }

  return {
    dataQuery(parameters, accept) {
      const query = readQuery(parameters, accept, persistedQueries);
      return query && dependsOnData(query.query, query.operationName) ? query : undefined;
    },
    async execute(request, context, query) {
      if (!query) return executeWithApollo(apollo, request, context);
      const key = JSON.stringify([query.accept, query.query, query.operationName]);
      const response =
        (await executeValidated(key, query, context)) ?? (await executeWithApollo(apollo, request, context));
      const { document } = context.valid;
      if (document && response.isWhole) {
        const { status, headers, facts } = response;
        validated.set(key, { document, operation: facts.operation, status, headers });
      }
      return response;
    },
    register: ({ hash, query }) => {
      if (hash !== undefined) persistedQueries.register(hash, query);
    },
    stop: () => apollo.stop(),
  };
}

/** The cache key: the JSON of what the executor is given. Undefined where JSON cannot tell two of them apart. */
export function operationKey({ query, operationName, variables, accept }: DataQuery): string | undefined {
  if (!isFiniteJson(variables)) return undefined;
  const key = JSON.stringify([accept, query, operationName, variables]);
  return key.length <= MAX_QUERY_LENGTH ? key : undefined;
}

/** `1e400` is Infinity, which JSON writes as null. */
function isFiniteJson(root: unknown): boolean {
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'number' && !Number.isFinite(value)) return false;
    if (typeof value === 'object' && value !== null) left.push(...Object.values(value));
  }
  return true;
}

function readQuery(
  { query, operationName, variables, extensions }: GraphqlParameters,
  accept: string | undefined,
  persistedQueries: PersistedQueries,
): DataQuery | undefined {
  if (!isOptional(query, 'string') || !isOptional(operationName, 'string')) return undefined;
  if (!isOptional(variables, 'object') || !isOptional(extensions, 'object')) return undefined;
  const hash = hashOf(extensions as Extensions | undefined | null);
  if (hash === null) return undefined;
  const text = query ?? (hash === undefined ? undefined : persistedQueries.find(hash));
  if (!text || text.length > MAX_QUERY_LENGTH) return undefined;
  // Apollo refuses a hash of another query.
  if (query && hash !== undefined && sha256(query) !== hash) return undefined;
  return {
    query: text,
    operationName: operationName ?? undefined,
    variables: (variables as DataQuery['variables'] | null) ?? undefined,
    ...{ accept, hash },
  };
}

interface Extensions {
  persistedQuery?: { version?: unknown; sha256Hash?: unknown } | null;
}

/** Undefined without a persisted query; null where Apollo has to say what is wrong with it. */
function hashOf(extensions: Extensions | undefined | null): string | undefined | null {
  const persisted = extensions?.persistedQuery;
  if (!persisted) return undefined;
  return persisted.version === 1 && typeof persisted.sha256Hash === 'string' ? persisted.sha256Hash : null;
}

function isOptional(value: unknown, type: 'string'): value is string | undefined | null;
function isOptional(value: unknown, type: 'object'): value is object | undefined | null;
function isOptional(value: unknown, type: 'string' | 'object'): boolean {
  return value === undefined || value === null || (typeof value === type && !Array.isArray(value));
}

function toResponse(
  { operation, status, headers }: ValidatedDocument,
  result: ExecutionResult,
  { facts }: RequestContext,
): SerializedResponse {
  if (operation !== undefined) facts.operation = operation;
  // Apollo ends a response with a line feed.
  return new SerializedResponse(status, headers, `${JSON.stringify(result)}\n`, facts);
}

/** Root fields that depend on the stored data alone: not on the caller, the clock, or what the process is doing. */
export const DATA_FIELDS: ReadonlySet<string> = new Set([
  'country',
  'countries',
  'countryStats',
  'currency',
  'currencies',
  'convert',
  'language',
  'languages',
  '__schema',
  '__type',
  '__typename',
]);

/** Characters of the queries whose verdicts are remembered. */
const MAX_VERDICTS = 1_000_000;

function createDataQueryCheck(): (query: string, operationName: string | undefined) => boolean {
  const verdicts = new LRUCache<string, boolean>({
    maxSize: MAX_VERDICTS,
    sizeCalculation: (_, key) => key.length + ENTRY_OVERHEAD,
  });
  return (query, operationName) => {
    const key = JSON.stringify([operationName, query]);
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = isDataQuery(query, operationName);
    verdicts.set(key, verdict);
    return verdict;
  };
}

function isDataQuery(query: string, operationName: string | undefined): boolean {
  const definitions = parsed(query)?.definitions ?? [];
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const operation = operationName
    ? operations.find(({ name }) => name?.value === operationName)
    : operations.length === 1
      ? operations[0]
      : undefined;
  if (operation?.operation !== OperationTypeNode.QUERY) return false;
  const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  // A fragment on Query may be spread at the root, so the fields of all of them have to be of the data.
  const roots = [operation, ...fragments.filter(({ typeCondition }) => typeCondition.name.value === 'Query')];
  return roots.every(({ selectionSet }) => areDataFields(selectionSet));
}

function areDataFields({ selections }: { readonly selections: readonly SelectionNode[] }): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return DATA_FIELDS.has(selection.name.value);
    return selection.kind === Kind.FRAGMENT_SPREAD || areDataFields(selection.selectionSet);
  });
}

/** Apollo says what is wrong with a query. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return undefined;
  }
}
