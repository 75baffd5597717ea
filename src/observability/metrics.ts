import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { bearerOf, isSameText } from '../access.js';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import type { Database } from '../db/database.js';
import { AppError } from '../errors.js';
import type { ResponseCache } from '../graphql/response-cache.js';
import { isPrivate } from '../net.js';
import { PhaseName, PhaseState, RefreshState } from '../refresh/phases.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { Refresh } from '../refresh/refresh.type.js';
import type { StatusService } from '../refresh/status.service.js';
import type { RequestTracker } from './access-log.js';

/** Serves the metrics of requests, refreshes, the database, the stored data and the process. */
export function serveMetrics(app: FastifyInstance, context: AppContext, requests: RequestTracker): void {
  const { config, database, services, responses } = context;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchRefreshes(registry, services.refreshes);
  watchConnections(registry, database, config.database);
  watchRequests(registry, requests, responses);
  const readData = watchData(registry, services.status);
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, config.http.metricsToken);
    await readData();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}

function named(registry: Registry, name: string, help: string) {
  return { name: `country_exchange_${name}`, help, registers: [registry] };
}

function watchRequests(
  registry: Registry,
  { onRequestFinished }: RequestTracker,
  responses: Pick<ResponseCache, 'counts'>,
): void {
  const finished = new Counter({
    ...named(registry, 'http_requests_total', 'Requests answered.'),
    labelNames: ['route', 'status'],
  });
  const durations = new Histogram({
    ...named(
      registry,
      'http_request_duration_seconds',
      'From the first byte of a request to the last of its response.',
    ),
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  });
  const errors = new Counter({
    ...named(registry, 'graphql_errors_total', 'Responses with errors, by extensions.code.'),
    labelNames: ['code'],
  });
  new Counter({
    ...named(
      registry,
      'answer_cache_total',
      'Data queries answered from the cache (hit) or executed (miss).',
    ),
    labelNames: ['result'],
    collect() {
      this.reset();
      this.inc({ result: 'hit' }, responses.counts.hits);
      this.inc({ result: 'miss' }, responses.counts.misses);
    },
  });
  onRequestFinished(({ route, status, durationMs, facts: { codes = [] } }) => {
    finished.inc({ route, status });
    durations.observe({ route }, durationMs / 1000);
    for (const code of codes) errors.inc({ code });
  });
}

/** The connection pool of a database server. SQLite has none, so these are missing then. */
function watchConnections(
  registry: Registry,
  database: Pick<Database, 'poolState'>,
  { poolSize, maxOverflow }: Config['database'],
): void {
  new Gauge({
    ...named(registry, 'database_connections', 'Connections to the database: in use, or open and idle.'),
    labelNames: ['state'],
    collect() {
      const pool = database.poolState();
      if (!pool) return;
      this.set({ state: 'in_use' }, pool.inUse);
      this.set({ state: 'idle' }, pool.idle);
    },
  });
  new Gauge({
    ...named(registry, 'database_waiting', 'Queries and transactions that wait for a database connection.'),
    collect() {
      const pool = database.poolState();
      if (pool) this.set(pool.waiting);
      else this.remove();
    },
  });
  new Gauge({
    ...named(
      registry,
      'database_connections_limit',
      'Connections that are kept (DATABASE_POOL_SIZE), and at most (with DATABASE_MAX_OVERFLOW).',
    ),
    labelNames: ['limit'],
    collect() {
      if (!database.poolState()) return;
      this.set({ limit: 'kept' }, poolSize);
      this.set({ limit: 'most' }, poolSize + maxOverflow);
    },
  });
}

const ENDS = [RefreshState.SUCCEEDED, RefreshState.FAILED, RefreshState.CANCELLED];
const ROWS = ['received', 'inserted', 'updated', 'unchanged', 'rejected', 'missing', 'excluded'] as const;

/** The refreshes that this process runs, without dry runs. Those that it joins are counted by the other process. */
function watchRefreshes(registry: Registry, refreshes: RefreshService): void {
  const figures = createRefreshMetrics(registry);
  // Those with a phase that has not ended: the picture is drawn after the refresh.
  const underWay = new Map<string, Refresh>();
  refreshes.watch((report) => {
    if (report.joined || report.dryRun) return;
    const before = underWay.get(report.id);
    // A source that was given up may still report something.
    if (!before && report.state !== RefreshState.RUNNING) return;
    countPhases(figures, before, report);
    if (report.state !== RefreshState.RUNNING && before?.state === RefreshState.RUNNING) {
      figures.ended.inc({ state: report.state });
      for (const outcome of ROWS) figures.rows.inc({ outcome }, report[outcome]);
    }
    if (report.phases.every(hasEnded)) underWay.delete(report.id);
    else underWay.set(report.id, report);
  });
}

type RefreshMetrics = ReturnType<typeof createRefreshMetrics>;

function createRefreshMetrics(registry: Registry) {
  const ended = new Counter({
    ...named(registry, 'refreshes_total', 'Refreshes that this process ran, by their final state.'),
    labelNames: ['state'],
  });
  const rows = new Counter({
    ...named(registry, 'refresh_rows_total', 'Countries in the refreshes that this process ran, by outcome.'),
    labelNames: ['outcome'],
  });
  const phases = new Counter({
    ...named(
      registry,
      'refresh_phases_total',
      'Phases of the refreshes that this process ran, by final state.',
    ),
    labelNames: ['phase', 'state'],
  });
  const phaseSeconds = new Gauge({
    ...named(registry, 'refresh_phase_duration_seconds', 'How long each phase of the last refresh took.'),
    labelNames: ['phase'],
  });
  // A series that begins with its first count would show no increase.
  for (const state of ENDS) ended.inc({ state }, 0);
  for (const outcome of ROWS) rows.inc({ outcome }, 0);
  for (const phase of Object.values(PhaseName)) phases.inc({ phase, state: PhaseState.FAILED }, 0);
  return { ended, rows, phases, phaseSeconds };
}

function countPhases(
  { phases, phaseSeconds }: RefreshMetrics,
  before: Refresh | undefined,
  { phases: now }: Refresh,
) {
  now.forEach((phase, index) => {
    const was = before?.phases[index];
    if (!hasEnded(phase) || (was && hasEnded(was))) return;
    phases.inc({ phase: phase.name, state: phase.state });
    if (phase.durationMs !== null) phaseSeconds.set({ phase: phase.name }, phase.durationMs / 1000);
  });
}

function hasEnded({ state }: Refresh['phases'][number]): boolean {
  return state !== PhaseState.WAITING && state !== PhaseState.RUNNING;
}

/** Prometheus gives up a scrape after ten seconds, and has no metrics then. */
const READ_WITHIN_MS = 5_000;

/** Returns the function that reads the data from the database, before each scrape. */
function watchData(registry: Registry, status: StatusService): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge(named(registry, name, help));
  const up = gauge('database_up', '1 while the database answers, else 0.');
  const countries = gauge('countries', 'Countries stored.');
  const bundled = gauge('bundled', '1 while the bundled data set is served.');
  const running = gauge('refresh_running', '1 while a refresh is running.');
  const refreshed = gauge(
    'last_refresh_timestamp_seconds',
    'When the last refresh succeeded; missing before the first.',
  );
  const observed = new Gauge({
    ...named(registry, 'source_observed_timestamp_seconds', 'The day that the figures of a source are of.'),
    labelNames: ['provides', 'source'],
  });
  return async () => {
    // The metrics of the process matter most when the database does not answer.
    const timeout = delay(READ_WITHIN_MS, null, { ref: false });
    const now = await Promise.race([status.status().catch(() => null), timeout]);
    up.set(Number(now !== null));
    // Unknown values are missing: 0 would be the year 1970.
    observed.reset();
    for (const each of [countries, bundled, running, refreshed]) each.remove();
    if (!now) return;
    countries.set(now.totalCountries);
    bundled.set(Number(now.bundled));
    running.set(Number(now.running !== null));
    if (now.lastRefreshedAt) refreshed.set(Date.parse(now.lastRefreshedAt) / 1000);
    for (const { provides, source, observedAt } of now.sources) {
      if (observedAt) observed.set({ provides, source }, Date.parse(observedAt) / 1000);
    }
  };
}
