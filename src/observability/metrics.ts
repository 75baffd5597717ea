import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { bearerOf, isSameText } from '../access.js';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import type { Database } from '../db/database.js';
import { AppError } from '../errors.js';
import type { Services } from '../graphql/context.js';
import type { ResponseCache } from '../graphql/response-cache.js';
import { isPrivate } from '../net.js';
import { BUNDLED } from '../provenance/credits.js';
import type { DataSource } from '../provenance/provenance.type.js';
import { hasEnded, PhaseName, PhaseState, RefreshState } from '../refresh/phases.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import { ageOf } from '../refresh/report.js';
import type { RequestTracker } from './access-log.js';

/** Serves the metrics of requests, refreshes, the database, the stored data and the process. */
export function serveMetrics(app: FastifyInstance, context: AppContext, requests: RequestTracker): void {
  const { config, database, services, responses } = context;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const named: Named = (name, help, labelNames = []) => {
    return { name: `country_exchange_${name}`, help, labelNames, registers: [registry] };
  };
  watchRequests(named, requests, responses);
  watchRefreshes(named, services.refreshes);
  const readPool = watchConnections(named, database, config.database);
  const readData = watchData(named, services);
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, config.http.metricsToken);
    readPool();
    await readData();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

type Named = (name: string, help: string, labelNames?: string[]) => MetricOptions;
type MetricOptions = { name: string; help: string; labelNames: string[]; registers: Registry[] };

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}

function watchRequests(named: Named, { onRequestFinished }: RequestTracker, { counts }: ResponseCache): void {
  const finished = new Counter(named('http_requests_total', 'Requests answered.', ['route', 'status']));
  const durations = new Histogram({
    ...named('http_request_duration_seconds', 'From the head of a request to the end of its response.', ['route']),
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  });
  const errors = new Counter(named('graphql_errors_total', 'Responses with errors, by extensions.code.', ['code']));
  new Counter({
    ...named('answer_cache_total', 'Data queries answered from the cache (hit) or executed (miss).', ['result']),
    collect() {
      this.reset();
      this.inc({ result: 'hit' }, counts.hits);
      this.inc({ result: 'miss' }, counts.misses);
    },
  });
  onRequestFinished(({ route, status, durationMs, facts: { codes = [] } }) => {
    finished.inc({ route, status });
    durations.observe({ route }, durationMs / 1000);
    for (const code of codes) errors.inc({ code });
  });
}

const ENDS = [RefreshState.SUCCEEDED, RefreshState.FAILED, RefreshState.CANCELLED];
const ROWS = ['received', 'inserted', 'updated', 'unchanged', 'rejected', 'missing', 'excluded'] as const;

/** The refreshes that this process runs, without dry runs. Those that it joins are counted by the other process. */
function watchRefreshes(named: Named, refreshes: RefreshService): void {
  const ended = new Counter(named('refreshes_total', 'Refreshes of this process, by final state.', ['state']));
  const rows = new Counter(
    named('refresh_rows_total', 'Countries in the refreshes of this process, by outcome.', ['outcome']),
  );
  const phases = new Counter(
    named('refresh_phases_total', 'Phases of the refreshes of this process, by final state.', ['phase', 'state']),
  );
  const seconds = new Gauge(
    named('refresh_phase_duration_seconds', 'How long each phase of the last refresh took.', ['phase']),
  );
  // A series that begins with its first count would show no increase.
  for (const state of ENDS) ended.inc({ state }, 0);
  for (const outcome of ROWS) rows.inc({ outcome }, 0);
  for (const phase of Object.values(PhaseName)) phases.inc({ phase, state: PhaseState.FAILED }, 0);
  // The same end is reported several times.
  const counted = new LRUCache<string, true>({ max: 1_000 });
  const isNew = (what: string) => !counted.has(what) && counted.set(what, true);
  refreshes.watch((report) => {
    if (report.joined || report.dryRun) return;
    const over = report.phases.filter(({ name, state }) => hasEnded(state) && isNew(`${report.id} ${name}`));
    for (const { name: phase, state, durationMs } of over) {
      phases.inc({ phase, state });
      if (durationMs !== null) seconds.set({ phase }, durationMs / 1000);
    }
    if (report.state === RefreshState.RUNNING || !isNew(report.id)) return;
    ended.inc({ state: report.state });
    for (const outcome of ROWS) rows.inc({ outcome }, report[outcome]);
  });
}

/**
 * The connection pool of a database server. SQLite has none, so these are missing then. Returns the function that reads
 * the pool before each scrape.
 */
function watchConnections(named: Named, database: Database, config: Config['database']): () => void {
  const open = new Gauge(named('database_connections', 'Connections to the database, in use or idle.', ['state']));
  const waiting = new Gauge(named('database_waiting', 'Queries and transactions that wait for a connection.'));
  const limits = 'Connections that are kept (DATABASE_POOL_SIZE), and at most (with DATABASE_MAX_OVERFLOW).';
  const limit = new Gauge(named('database_connections_limit', limits, ['limit']));
  return () => {
    const pool = database.poolState();
    if (!pool) return waiting.remove();
    waiting.set(pool.waiting);
    open.set({ state: 'in_use' }, pool.inUse);
    open.set({ state: 'idle' }, pool.idle);
    limit.set({ limit: 'kept' }, config.poolSize);
    limit.set({ limit: 'most' }, config.poolSize + config.maxOverflow);
  };
}

/** Prometheus gives up a scrape after ten seconds, and has no metrics then. */
const READ_WITHIN_MS = 5_000;

/** Returns the function that reads the data from the database, before each scrape. */
function watchData(named: Named, { status, snapshots }: Services): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge(named(name, help));
  const up = gauge('database_up', '1 while the database answers, else 0.');
  const countries = gauge('countries', 'Countries stored.');
  const stale = gauge(
    'stale',
    '1 while status.stale is true: the last refresh is a day old, or the database does not answer, for instance.',
  );
  const bundled = gauge('bundled', '1 while most countries or rates are those of the bundled data set.');
  const running = gauge('refresh_running', '1 while a refresh is running.');
  const refreshed = gauge(
    'last_refresh_timestamp_seconds',
    'When the last refresh succeeded; missing before the first, and when it is in the future by the clock here.',
  );
  const observed = new Gauge(
    named('source_observed_timestamp_seconds', 'The day of the newest figures of a source that are served.', [
      'provides',
      'source',
    ]),
  );
  return async () => {
    // The metrics of the process matter most when the database does not answer.
    const timeout = delay(READ_WITHIN_MS, null, { ref: false });
    const now = await Promise.race([status.status().catch(() => null), timeout]);
    up.set(Number(now !== null && snapshots.unansweredMs() === null));
    // Unknown values are missing: 0 would be the year 1970.
    observed.reset();
    for (const each of [countries, stale, bundled, running, refreshed]) each.remove();
    if (!now) return;
    countries.set(now.totalCountries);
    stale.set(Number(now.stale));
    bundled.set(Number(now.bundled));
    running.set(Number(now.running !== null));
    if (ageOf(now.lastRefreshedAt) !== null) refreshed.set(Date.parse(now.lastRefreshedAt ?? '') / 1000);
    showSources(observed, now.sources);
  };
}

function showSources(observed: Gauge, sources: DataSource[]): void {
  for (const { figures: provides, name, bundled, observedTo } of sources) {
    const source = bundled ? BUNDLED : name;
    if (observedTo) observed.set({ provides, source }, Date.parse(observedTo) / 1000);
  }
}
