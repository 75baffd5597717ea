import type { TypedDocumentString } from './generated/graphql.js';

/** One error of an answer, with the stable code that tells what to do about it. */
export interface ApiError {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string };
}

export interface Answer<Result> {
  /** What could be answered; fields with errors are null in it. */
  data: Result | null;
  errors: ApiError[];
}

/** Asks the API. What comes back, and which variables are needed, follows from the document. */
export async function ask<Result, Variables>(
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Answer<Result>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as Partial<Answer<Result>>;
  return { data, errors };
}
