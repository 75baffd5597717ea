import type { GraphQLFormattedError } from 'graphql';
import type { TypedDocumentString } from './generated/graphql.js';

interface Answer<Result> {
  data: Result | null;
  errors: GraphQLFormattedError[];
  status: number;
  headers: Headers;
}

export interface Client {
  /** The data; throws when the answer has errors. */
  query<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    ...variables: Given<Variables>
  ): Promise<Result>;
  /** The whole answer. */
  ask<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    ...variables: Given<Variables>
  ): Promise<Answer<Result>>;
  /** The whole answer to any text, untyped. */
  post(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Answer<Record<string, unknown>>>;
}

/** Variables may be left out where all of them may. */
// biome-ignore lint/complexity/noBannedTypes: the question is just whether the empty object will do.
type Given<Variables> = {} extends Variables ? [Variables?] : [Variables];

export function createClient(url: string): Client {
  const post = async <Result>(query: string, variables: unknown = {}, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors = [] } = (await response.json()) as Partial<Answer<Result>>;
    return { data, errors, status: response.status, headers: response.headers };
  };
  return {
    post,
    ask: (document, ...[variables]) => post(document.toString(), variables),
    async query<Result, Variables>(document: TypedDocumentString<Result, Variables>, ...[variables]: Given<Variables>) {
      const { data, errors } = await post<Result>(document.toString(), variables);
      if (data === null || errors.length > 0) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`);
      return data;
    },
  };
}
