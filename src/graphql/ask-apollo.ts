import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyRequest } from 'fastify';
import { Answer } from './answer.js';
import type { RequestContext } from './request-context.js';

export async function askApollo(
  apollo: ApolloServer<RequestContext>,
  request: FastifyRequest,
  context: RequestContext,
): Promise<Answer> {
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toApollo(request),
    context: async () => context,
  });
  const text = body.kind === 'complete' ? body.string : await joined(body.asyncIterator);
  headers.delete('content-length');
  return new Answer(status ?? 200, Object.fromEntries(headers), text, context.facts);
}

function toApollo({ method, url, headers, body }: FastifyRequest): HTTPGraphQLRequest {
  const ours = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) ours.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  return { method, headers: ours, search, body };
}

async function joined(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}
