import { Client, type ExecutionResult, subscriptionExchange } from '@urql/core';
import type { Client as Sockets } from 'graphql-ws';
import { type Progress, QUERY, type Show } from './progress.js';

/** urql on a client of graphql-ws: `createClient({ url: 'ws://127.0.0.1:4000/graphql' })`. */
export function watchWithUrql(sockets: Sockets, show: Show, id?: string): Promise<void> {
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables = {} }) => ({
          subscribe: ({ next, error, complete }) => ({
            unsubscribe: sockets.subscribe(
              { query, variables },
              { next: (result) => next(result as ExecutionResult), error, complete },
            ),
          }),
        }),
      }),
    ],
  });
  return new Promise((resolve, reject) => {
    client.subscription<Progress>(QUERY, { id }).subscribe(({ data, error, hasNext }) => {
      if (error) reject(error);
      // The last result comes once more when the server has said that it was the last.
      else if (!hasNext) resolve();
      else if (data) show(data.refreshProgress);
    });
  });
}
