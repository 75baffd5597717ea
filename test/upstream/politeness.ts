import { versioned } from './faults.js';
import type { Route, Upstream } from './upstream.js';

/** Where `sourceSettings` and `settings` of the tests send a refresh. */
export const ROUTES = ['restcountries-v3', 'currency-api', 'world-bank'] as const satisfies Route[];

/** Answers have an ETag from now on, and are not sent again to clients that know it. */
export function serveVersions(upstream: Upstream): void {
  for (const route of ROUTES) upstream.answer(route, versioned());
}

/** How often each was asked, and how often politely: with the ETag of its last answer. */
export function timesAsked(upstream: Upstream): number[][] {
  return ROUTES.map((route) => {
    const requests = upstream.requests(route);
    return [requests.length, requests.filter(({ headers }) => headers['if-none-match']).length];
  });
}

export const each = (times: number, politely: number): number[][] => ROUTES.map(() => [times, politely]);
