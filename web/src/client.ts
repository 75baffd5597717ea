import { Client, type CombinedError, cacheExchange, fetchExchange, subscriptionExchange, useQuery } from '@urql/preact';
import type { Client as SocketClient } from 'graphql-ws';
import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { TypedDocumentString } from './generated/graphql.ts';

/** Sent with mutations; kept in memory only, so that it is gone with the tab. */
let adminToken = '';

export function setAdminToken(token: string): void {
  adminToken = token;
}

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  // What is shown at once may date from before a refresh.
  requestPolicy: 'cache-and-network',
  fetchOptions: () => (adminToken === '' ? {} : { headers: { authorization: `Bearer ${adminToken}` } }),
  exchanges: [
    cacheExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables = {} }) => ({
        subscribe: (sink) => {
          const opening = openSocket()
            .then((socket) => socket.subscribe({ query, variables }, sink as never))
            .catch((error: Error) => {
              sink.error(error);
              return () => {};
            });
          return { unsubscribe: () => void opening.then((stop) => stop()) };
        },
      }),
    }),
    fetchExchange,
  ],
});

let socket: SocketClient | undefined;

/** Enough for a server that restarts: with the pauses in between, 45 seconds. */
const RETRIES = 30;

/** Loaded with the first subscription. */
async function openSocket(): Promise<SocketClient> {
  const { createClient } = await import('graphql-ws');
  socket ??= createClient({
    url: `${location.origin.replace('http', 'ws')}/graphql`,
    retryAttempts: RETRIES,
    // Not all pages at the same moment.
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 1_000 + 1_000 * Math.random())),
    // By default it gives up when the connection is refused, as it is while the server restarts.
    shouldRetry: () => true,
  });
  return socket;
}

/**
 * Everything shown is fetched again with the next version: after each refresh that this page sees end, and when the
 * reader tries again after a failure.
 */
export const DataVersion = createContext({ version: 0, fetchAgain: () => {} });

export interface Answer<Data> {
  data?: Data | undefined;
  error?: CombinedError | undefined;
  fetching: boolean;
  retry: () => void;
}

/** The answer to a query; while new variables are being fetched, the answer for the previous ones. */
export function useData<Data, Variables extends object>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  pause = false,
): Answer<Data> {
  const { version } = useContext(DataVersion);
  const [{ data, error, fetching }, execute] = useQuery<Data, Variables>({ query: String(document), variables, pause });
  const retry = () => execute({ requestPolicy: 'network-only' });
  useEffect(() => {
    if (version > 0 && !pause) retry();
  }, [version]);
  return { data, error, fetching, retry };
}

/** The address of a query in the explorer. */
export function queryLink<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): string {
  const parameters = new URLSearchParams({ query: String(document), variables: JSON.stringify(variables) });
  return `/graphiql?${parameters}`;
}
