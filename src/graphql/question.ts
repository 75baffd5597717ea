import type { FastifyRequest } from 'fastify';

/** Longer ones are seldom asked twice, and would fill the cache with themselves. */
const MAX_KEY_LENGTH = 16_384;

/** What a request asks. Everything that the answer depends on is part of the key, but for the data. */
export interface Question {
  key: string;
  /** The key without the variables. */
  form: string;
  query: string;
  operationName: string | null | undefined;
  variables: unknown;
}

/** Undefined where it is Apollo's to say what is wrong with the request, or to run it. */
export function questionOf(request: FastifyRequest): Question | undefined {
  const asked = parametersOf(request);
  if (typeof asked?.query !== 'string' || asked.query.length > MAX_KEY_LENGTH) return undefined;
  const { query, operationName, variables, extensions } = asked;
  if (!isName(operationName)) return undefined;
  const accept = request.headers.accept ?? '';
  const form = JSON.stringify([request.method, accept, query, operationName, extensions]);
  const key = `${form}${JSON.stringify(variables)}`;
  return key.length <= MAX_KEY_LENGTH ? { key, form, query, operationName, variables } : undefined;
}

function isName(name: unknown): name is string | null | undefined {
  return typeof name === 'string' || name === undefined || name === null;
}

interface GraphqlParameters {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
}

function parametersOf(request: FastifyRequest): GraphqlParameters | undefined {
  if (request.method === 'POST') return isRecord(request.body) ? request.body : undefined;
  if (request.method === 'GET' && isPreflighted(request)) return request.query as GraphqlParameters;
  return undefined;
}

/** A GET that a foreign page could have caused is Apollo's to refuse. A JSON body is no such thing. */
function isPreflighted({ headers }: FastifyRequest): boolean {
  return Boolean(headers['apollo-require-preflight'] || headers['x-apollo-operation-name']);
}

function isRecord(body: unknown): body is GraphqlParameters {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
