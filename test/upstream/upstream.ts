import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFacts, type Facts } from './facts.js';
import { good } from './faults.js';
import { renderCsc, renderV2, renderV3, renderV5 } from './render-countries.js';
import { renderCurrencyApi, renderFrankfurter, renderOpenErApi, renderWorldBank } from './render-figures.js';
import { type Handler, type Reply, send } from './reply.js';

export const API_KEY = 'rc_test_0123456789';

/** What the stub can be: every upstream, and a second host for the one that has two. */
const ROUTES = {
  csc: { path: '/gh/countries.json', render: renderCsc },
  restcountries: { path: '/countries/v5', render: renderV5 },
  'restcountries-v3': { path: '/v3.1/all', render: renderV3 },
  'restcountries-v2': { path: '/v2/all', render: renderV2 },
  'currency-api': {
    path: '/npm/@fawazahmed0/currency-api@latest/v1/currencies/usd.min.json',
    render: renderCurrencyApi,
  },
  'currency-api-mirror': { path: '/v1/currencies/usd.min.json', render: renderCurrencyApi },
  'open-er-api': { path: '/v6/latest/USD', render: renderOpenErApi },
  frankfurter: { path: '/v2/rates', render: renderFrankfurter },
  'world-bank': { path: '/v2/country/all/indicator/NY.GDP.PCAP.CD', render: renderWorldBank },
} as const satisfies Record<string, { path: string; render: (facts: Facts, url: URL) => Reply }>;

export type Route = keyof typeof ROUTES;

/**
 * A real HTTP server on 127.0.0.1 that answers as the upstreams do, from facts in our own shape.
 *
 *     const upstream = await startUpstream();
 *     countryFact(upstream.facts, 'CH').population = -1;          // other facts
 *     upstream.answer('csc', faults.status(503), faults.good());  // the first request fails, the others do not
 *     await refresh({ countriesUrl: upstream.urls.csc });
 *     upstream.requests('csc').length;                            // 2
 *     upstream.restore();                                         // facts and answers as at the start
 *     await upstream.close();
 */
export interface Upstream {
  facts: Facts;
  /** The address to give to the adapter of that name. */
  readonly urls: Readonly<Record<Route, string>>;
  /** One handler for each request to come; the last one stays. See faults.ts for what there is. */
  answer(route: Route, ...handlers: [Handler, ...Handler[]]): void;
  /** Facts as at the start, right answers, and no requests counted. */
  restore(): void;
  /** The requests that came so far. */
  requests(route: Route): readonly IncomingMessage[];
  /** Cuts every connection. */
  close(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const answers = new Map<Route, Handler[]>();
  const requests: { route: Route; request: IncomingMessage }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const route = routeOf(url);
    if (!route) return send(response, { status: 404, body: { message: `no such path: ${url.pathname}` } });
    requests.push({ route, request });
    const render = (facts = upstream.facts) => rightAnswer(route, facts, url, request);
    const queue = answers.get(route) ?? [];
    const handler = (queue.length > 1 ? queue.shift() : queue[0]) ?? good();
    return handler({ request, response, url, facts: upstream.facts, render });
  });
  const origin = await listen(server);
  const upstream: Upstream = {
    facts: createFacts(),
    urls: urlsAt(origin),
    answer: (route, ...handlers) => void answers.set(route, handlers),
    restore: () => {
      upstream.facts = createFacts();
      answers.clear();
      requests.length = 0;
    },
    requests: (wanted) => requests.filter(({ route }) => route === wanted).map(({ request }) => request),
    close: () => close(server),
  };
  return upstream;
}

function routeOf(url: URL): Route | undefined {
  const latest = url.pathname.replace(/currency-api@\d{4}-\d{2}-\d{2}\//, 'currency-api@latest/');
  return (Object.keys(ROUTES) as Route[]).find((route) => ROUTES[route].path === latest);
}

function rightAnswer(route: Route, facts: Facts, url: URL, request: IncomingMessage): Reply {
  const hasKey = request.headers.authorization === `Bearer ${API_KEY}`;
  if (route === 'restcountries' && !hasKey) {
    return { status: 401, body: { errors: [{ message: 'Invalid or missing API key.' }] } };
  }
  return ROUTES[route].render(facts, url);
}

function urlsAt(origin: string): Record<Route, string> {
  const urls = Object.entries(ROUTES).map(([route, { path }]) => [route, origin + path]);
  return Object.fromEntries(urls);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
