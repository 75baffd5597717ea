import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { Snapshot } from '../countries/country.snapshot.js';
import { nextTenderChange } from '../countries/tender.js';
import type { Encoding } from '../graphql/response.js';
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
/** For browsers, which cannot be purged, for stale responses during revalidation, and while new data may arrive. */
const SHORT_S = 60;
/** Manual refreshes and deletions come unexpectedly. */
const LONGEST_S = 24 * 60 * 60;
/** How long a cache may go on serving while this server fails. */
const STALE_IF_ERROR_S = 24 * 60 * 60;

export type CacheControl = (now?: number) => string;

/** The Cache-Control for what depends on the stored data alone: shared caches keep it until those are expected to change. */
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
  // Responses with the previous data may still be in flight.
  if (now - since < SHORT_S * 1000) return SHORT_S;
  return Math.min(LONGEST_S, Math.max(SHORT_S, Math.floor((next.getTime() - now) / 1000)));
}

function headerOf(seconds: number): string {
  if (seconds <= 0) return 'no-cache';
  const short = Math.min(SHORT_S, seconds);
  return `public, max-age=${short}, s-maxage=${seconds}, stale-while-revalidate=${short}, stale-if-error=${STALE_IF_ERROR_S}`;
}

/** Headers about one client, which a shared cache would send to others. */
const HEADERS_OF_CLIENT = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];

/**
 * Lets caches keep a response. The response to a request with a token is private: an operator who asks for tokens may not
 * want it shared.
 */
export function allowCaching({ headers }: FastifyRequest, reply: FastifyReply, cacheControl: string): void {
  reply.header('cache-control', headers.authorization === undefined ? cacheControl : 'private, no-cache');
  for (const name of HEADERS_OF_CLIENT) reply.removeHeader(name);
}

export function addVary(reply: FastifyReply, name: string): void {
  const others = reply.getHeader('vary');
  reply.header('vary', others ? `${others}, ${name}` : name);
}

/** Whether this If-None-Match contains the tag. Tags of other servers may get split here, which does not matter. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch?.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return (ifNoneMatch ?? '').split(',').some((tag) => opaque(tag) === opaque(etag));
}

/** Chooses the smallest encoding that a client accepts for a body, and sets the headers for it. */
export function negotiateEncoding({ headers }: FastifyRequest, reply: FastifyReply): Encoding {
  const accepted = headers['accept-encoding'];
  const encoding = accepted === undefined ? 'identity' : ENCODINGS.memo(String(accepted));
  addVary(reply, 'accept-encoding');
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return encoding;
}

const BY_SIZE = ['br', 'gzip', 'identity'] as const;

/** Clients send few different headers, so each is parsed once. */
const ENCODINGS = new LRUCache<string, Encoding>({
  max: 100,
  memoMethod: (header) => {
    const accepted = new Negotiator({ headers: { 'accept-encoding': header } }).encodings([...BY_SIZE]);
    return BY_SIZE.find((encoding) => accepted.includes(encoding)) ?? 'identity';
  },
});
