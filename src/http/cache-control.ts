import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Snapshot } from '../countries/country.snapshot.js';
import { nextTenderChange } from '../countries/tender.js';
import { expectedRefresh } from '../refresh/schedule.js';

interface CacheControlOptions {
  /** Seconds; undefined is until the next expected refresh. */
  maxAge: number | undefined;
  /** The cron expression of the refreshes. */
  schedule: string | undefined;
  snapshots: { readonly latest: Pick<Snapshot, 'lastRefresh'> | undefined; unansweredMs(): number | null };
}

/** Without a schedule a refresh may come at any time. */
const UNSCHEDULED_S = 300;
/** For browsers, which cannot be purged, for what is served while it is renewed, and while new data may come. */
const SHORT_S = 60;
/** Refreshes by hand and deletions come unexpected. */
const LONGEST_S = 24 * 60 * 60;
/** How long a cache may go on serving while this server fails. */
const STALE_IF_ERROR_S = 24 * 60 * 60;

export type CacheControl = (now?: number) => string;

/** The Cache-Control of what depends on the stored data alone: shared caches keep it until these are expected to change. */
export function createCacheControl(options: CacheControlOptions): CacheControl {
  const { snapshots } = options;
  let known = { second: Number.NaN, header: '' };
  let data = { snapshot: snapshots.latest, since: Number.NEGATIVE_INFINITY };
  return (now = Date.now()) => {
    if (data.snapshot !== snapshots.latest) data = { snapshot: snapshots.latest, since: now };
    const second = Math.floor(now / 1000);
    if (known.second !== second) known = { second, header: headerOf(secondsToKeep(options, data.since, now)) };
    return known.header;
  };
}

function secondsToKeep({ maxAge, schedule, snapshots }: CacheControlOptions, since: number, now: number): number {
  const untilTenderChange = Math.floor(((nextTenderChange(now) ?? Number.POSITIVE_INFINITY) - now) / 1000);
  const lastRefreshedAt = snapshots.latest?.lastRefresh?.finishedAt ?? null;
  const seconds = maxAge ?? secondsToRefresh(schedule, lastRefreshedAt, since, now);
  const isAway = snapshots.unansweredMs() !== null;
  return Math.min(seconds, untilTenderChange, isAway ? SHORT_S : seconds);
}

function secondsToRefresh(
  schedule: string | undefined,
  lastRefreshedAt: string | null,
  since: number,
  now: number,
): number {
  const next = schedule === undefined ? null : expectedRefresh(schedule, lastRefreshedAt, new Date(now));
  if (next === null) return UNSCHEDULED_S;
  // Responses that were begun with the data before may still be under way.
  if (now - since < SHORT_S * 1000) return SHORT_S;
  return Math.min(LONGEST_S, Math.max(SHORT_S, Math.floor((next.getTime() - now) / 1000)));
}

function headerOf(seconds: number): string {
  if (seconds <= 0) return 'no-cache';
  const short = Math.min(SHORT_S, seconds);
  return `public, max-age=${short}, s-maxage=${seconds}, stale-while-revalidate=${short}, stale-if-error=${STALE_IF_ERROR_S}`;
}

/** Those of one client, which a shared cache would hand to others. */
const HEADERS_OF_CLIENT = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/**
 * Lets caches keep a response. A request with a token gets it for itself: an operator who asks for tokens may not want
 * it shared.
 */
export function allowCaching({ headers }: FastifyRequest, reply: FastifyReply, cacheControl: string): void {
  reply.header('cache-control', headers.authorization === undefined ? cacheControl : 'private, no-cache');
  for (const name of HEADERS_OF_CLIENT) reply.removeHeader(name);
}
