import type { FastifyRequest } from 'fastify';
import { type DocumentNode, execute, Kind, OperationTypeNode, type SelectionSetNode } from 'graphql';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { createApollo, createDocumentCache, executeWithApollo } from './apollo.js';
import type { RequestContext } from './context.js';
import { createCostCheck } from './limits/cost.js';
import { parseWithinLimits } from './limits/document.js';
import { PersistedQueries, readManifest, sha256 } from './persisted-queries.js';
import { SerializedResponse } from './response.js';
import { createSchema, stopWhenCancelled } from './schema.js';

/** The parameters of a request, from its body or its URL. */
export type GraphqlParameters = Partial<Record<'query' | 'operationName' | 'variables' | 'extensions', unknown>>;

/** A query whose response depends on the stored data alone, as the executor is given it. */
export interface DataQuery {
  query: string;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
  accept: string | undefined;
  /** It came with its hash, and is a persisted query from now on. */
  isRegistration: boolean;
}

export interface Executor {
  /**
   * Throws QUERY_TOO_COMPLEX for a document over the limits. Undefined for operations that are not queries of stored
   * data, and for parameters that Apollo has to refuse.
   */
  dataQuery(parameters: GraphqlParameters, accept: string | undefined): DataQuery | undefined;
  execute(request: FastifyRequest, context: RequestContext, query?: DataQuery): Promise<SerializedResponse>;
  stop(): Promise<void>;
}

/** A document that Apollo has executed without errors, with the head of its response. */
interface ValidatedDocument extends Pick<SerializedResponse, 'status' | 'headers'> {
  document: DocumentNode;
  operation: string | undefined;
}

/** Longer queries are rarely sent twice, and would fill the caches. */
const MAX_QUERY_LENGTH = 16_384;

/** Apollo executes; a query that it has executed without errors is executed without it from then on. */
export async function startExecutor(
  logger: Logger,
  { http, limits }: Pick<Config, 'http' | 'limits'>,
): Promise<Executor> {
  const schema = stopWhenCancelled(createSchema());
  const checkCost = createCostCheck(schema, limits);
  const listed = http.persistedQueriesFile === undefined ? undefined : readManifest(http.persistedQueriesFile);
  const persistedQueries = new PersistedQueries(listed);
  const apollo = createApollo({ schema, checkCost, persistedQueries, listed, logger, http });
  await apollo.start();
  /** Documents are checked once: comparing fields with each other, as validation does, may take a tenth of a second. */
  const inspected = createDocumentCache((query) => dataOperationsOf(parseWithinLimits(query, limits)));
  const validated = createDocumentCache<ValidatedDocument>();

  /** Undefined where Apollo has to execute it, since only Apollo reports errors. */
  async function executeValidated(key: string, { operationName, variables }: DataQuery, context: RequestContext) {
    const known = validated.get(key);
    if (!known) return undefined;
    const { document, operation, status, headers } = known;
    const { facts } = context;
    try {
      context.budget.spend(checkCost({ document, operationName, variables }, facts));
    } catch {
      return undefined;
    }
    context.startClock();
    const result = await execute({ schema, document, operationName, variableValues: variables, contextValue: context });
    if (result.errors) {
      // Otherwise it would run twice on every request.
      validated.delete(key);
      return undefined;
    }
    if (operation !== undefined) facts.operation = operation;
    // Apollo ends a response with a line feed.
    return new SerializedResponse(status, headers, `${JSON.stringify(result)}\n`, facts);
  }

  return {
    dataQuery(parameters, accept) {
      const text = parameters.query;
      const operations = typeof text === 'string' ? inspected.memo(text) : undefined;
      const query = readQuery(parameters, accept, persistedQueries);
      return query && (operations ?? inspected.memo(query.query)).has(query.operationName) ? query : undefined;
    },
    async execute(request, context, query) {
      if (!query) return executeWithApollo(apollo, request, context);
      const key = JSON.stringify([query.accept, query.operationName, query.query]);
      const known = await executeValidated(key, query, context);
      if (known) return known;
      const response = await executeWithApollo(apollo, request, context);
      const { status, headers, isWhole, facts } = response;
      const { document } = context.validated;
      if (document && isWhole) validated.set(key, { document, operation: facts.operation, status, headers });
      return response;
    },
    stop: () => apollo.stop(),
  };
}

/** The cache key: the JSON of what the executor is given. Undefined where JSON would not tell two queries apart. */
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

/** The query as Apollo would read it; undefined for parameters that Apollo refuses. */
function readQuery(
  { query, operationName, variables, extensions }: GraphqlParameters,
  accept: string | undefined,
  persistedQueries: PersistedQueries,
): DataQuery | undefined {
  if (!isText(query) || !isText(operationName) || !isObject(variables) || !isObject(extensions)) return undefined;
  const hash = hashOf(extensions);
  const text = query ?? (hash ? persistedQueries.find(hash) : undefined);
  if (!text || text.length > MAX_QUERY_LENGTH || hash === null) return undefined;
  const isRegistration = hash !== undefined && text === query;
  if (isRegistration && sha256(text) !== hash) return undefined;
  if (isRegistration) persistedQueries.register(hash, text);
  const given = { operationName: operationName ?? undefined, variables: variables ?? undefined };
  return { query: text, ...given, accept, isRegistration };
}

const isText = (value: unknown): value is string | null | undefined =>
  typeof value === 'string' || value === null || value === undefined;

const isObject = (value: unknown): value is Record<string, unknown> | null | undefined =>
  (typeof value === 'object' && !Array.isArray(value)) || value === undefined;

/** Of a persisted query; null if it is invalid. */
function hashOf(extensions: Record<string, unknown> | null | undefined): string | undefined | null {
  const persisted = extensions?.persistedQuery as { version?: unknown; sha256Hash?: unknown } | undefined;
  if (!persisted) return undefined;
  return persisted.version === 1 && typeof persisted.sha256Hash === 'string' ? persisted.sha256Hash : null;
}

/** Root fields that depend on the stored data alone: not on the caller, the clock, or the state of the process. */
export const DATA_FIELDS: ReadonlySet<string> = new Set([
  'country',
  'countries',
  'countryStats',
  'searchCountries',
  'currency',
  'currencies',
  'convert',
  'rate',
  'language',
  'languages',
  // Those of refreshes are marked as live.
  'node',
  'nodes',
  '__schema',
  '__type',
  '__typename',
]);

/** The names of the operations that query stored data; undefined stands for the only operation of a document. */
type DataOperations = ReadonlySet<string | undefined>;

function dataOperationsOf(document: DocumentNode | undefined): DataOperations {
  const definitions = document?.definitions ?? [];
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  // A fragment on Query may be spread at the root.
  const roots = fragments.filter(({ typeCondition }) => typeCondition.name.value === 'Query');
  if (!roots.every(({ selectionSet }) => areDataFields(selectionSet))) return new Set();
  const dataOperations = operations.filter(
    ({ operation, selectionSet }) => operation === OperationTypeNode.QUERY && areDataFields(selectionSet),
  );
  const names = dataOperations.map(({ name }) => name?.value);
  return new Set(operations.length === 1 && names.length === 1 ? [...names, undefined] : names);
}

function areDataFields({ selections }: SelectionSetNode): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FIELD) return DATA_FIELDS.has(selection.name.value);
    return selection.kind === Kind.FRAGMENT_SPREAD || areDataFields(selection.selectionSet);
  });
}
