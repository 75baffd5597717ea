import type { FastifyRequest } from 'fastify';

/** Longer ones are seldom asked twice, and would fill the cache with themselves. */
const MAX_KEY_LENGTH = 16_384;

/** A request whose answer may be kept, as the text that everything its answer depends on is part of. */
export function questionKey(
  request: FastifyRequest,
  isKeepable: (query: string, operationName?: string | null) => boolean,
): string | undefined {
  const asked = parametersOf(request);
  if (typeof asked?.query !== 'string' || asked.query.length > MAX_KEY_LENGTH) return undefined;
  const { query, operationName, variables, extensions } = asked;
  const isNamed = typeof operationName === 'string';
  if (!isNamed && operationName !== undefined && operationName !== null) return undefined;
  const accept = request.headers.accept ?? '';
  const key = JSON.stringify([request.method, accept, query, operationName, variables, extensions]);
  return key.length <= MAX_KEY_LENGTH && isKeepable(query, operationName) ? key : undefined;
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
