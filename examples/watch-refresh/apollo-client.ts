import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { Client } from 'graphql-ws';
import { type Progress, QUERY, type Show } from './progress.js';

/** Apollo Client on a client of graphql-ws: `createClient({ url: 'ws://127.0.0.1:4000/graphql' })`. */
export function watchWithApolloClient(sockets: Client, show: Show, id?: string): Promise<void> {
  const client = new ApolloClient({ link: new GraphQLWsLink(sockets), cache: new InMemoryCache() });
  return new Promise((resolve, reject) => {
    client.subscribe<Progress>({ query: gql(QUERY), variables: { id } }).subscribe({
      next: ({ data, error }) => (data ? show(data.refreshProgress) : reject(error)),
      error: reject,
      complete: resolve,
    });
  });
}
