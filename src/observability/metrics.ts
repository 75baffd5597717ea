import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { bearerOf, isSameText } from '../access.js';
import type { AppContext } from '../context.js';
import { AppError } from '../errors.js';
import { isPrivate } from '../net.js';
import { PhaseName, PhaseState, RefreshState } from '../refresh/phases.js';
import type { Refresh } from '../refresh/refresh.type.js';
import type { AccessLogEntry, RequestTracker } from './access-log.js';

/** `GET /metrics` in Prometheus' format, for the operator only. */
export function serveMetrics(app: FastifyInstance, context: AppContext, requests: RequestTracker): void {
  const registry = new Registry();
  const metrics = new Metrics(registry);
  collectDefaultMetrics({ register: registry });
  const flush = countRequests(metrics, requests);
  countRefreshes(metrics, context);
  const readPool = showConnections(metrics, context);
  const readData = showData(metrics, context);
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, context.config.http.metricsToken);
    flush();
    readPool();
    await readData();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}

/** Every name begins with country_exchange_, except those of the process. */
class Metrics {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter<Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({ ...this.#named(name, help), labelNames });
  }

  gauge<Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    return new Gauge({ ...this.#named(name, help), labelNames });
  }

  histogram<Label extends string>(name: string, help: string, buckets: number[], ...labelNames: Label[]) {
    return new Histogram({ ...this.#named(name, help), buckets, labelNames });
  }

  #named(name: string, help: string) {
    return { name: `country_exchange_${name}`, help, registers: this.#registers };
  }
}

const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Counted this many at a time: looking up the labels takes longer than answering from the cache. */
const BATCH = 200;

/** Returns a function that counts what is left, before each scrape. */
function countRequests(metrics: Metrics, { onRequestFinished }: RequestTracker): () => void {
  const requests = metrics.counter('http_requests_total', 'Requests answered.', 'route', 'status');
  const help = 'From the head of a request to the last byte of its response.';
  const durations = metrics.histogram('http_request_duration_seconds', help, DURATIONS_S, 'route');
  const errors = metrics.counter(
    'graphql_errors_total',
    'Responses with errors, by extensions.code.',
    'code',
  );
  const cache = metrics.counter('answer_cache_total', 'Queries by cache result: hit or miss.', 'result');
  const batch: Pick<AccessLogEntry, 'route' | 'status' | 'durationMs' | 'facts'>[] = [];
  const flush = () => {
    for (const { route, status, durationMs, facts } of batch.splice(0)) {
      requests.inc({ route, status });
      durations.observe({ route }, durationMs / 1000);
      for (const code of facts.codes ?? []) errors.inc({ code });
      if (facts.cache) cache.inc({ result: facts.cache });
    }
  };
  onRequestFinished(({ route, status, durationMs, facts }) => {
    if (batch.push({ route, status, durationMs, facts }) >= BATCH) flush();
  });
  return flush;
}

const ENDS = [RefreshState.SUCCEEDED, RefreshState.FAILED, RefreshState.CANCELLED];
const ROWS = ['received', 'inserted', 'updated', 'unchanged', 'rejected', 'missing', 'excluded'] as const;

/** The refreshes that this process runs, without dry runs: those that it joins are counted by the other process. */
function countRefreshes(metrics: Metrics, { services: { refreshes } }: AppContext): void {
  const ended = metrics.counter('refreshes_total', 'Refreshes that this process ran, by result.', 'state');
  const rows = metrics.counter('refresh_rows_total', 'Countries in these refreshes, by result.', 'outcome');
  const phases = metrics.counter('refresh_phases_total', 'Their phases, by result.', 'phase', 'state');
  const help = 'How long each phase of the last refresh took.';
  const durations = metrics.gauge('refresh_phase_duration_seconds', help, 'phase');
  // A counter that begins at 1 shows no increase.
  for (const state of ENDS) ended.inc({ state }, 0);
  for (const outcome of ROWS) rows.inc({ outcome }, 0);
  for (const phase of Object.values(PhaseName)) phases.inc({ phase, state: PhaseState.FAILED }, 0);

  const countPhase = ({ name: phase, state, durationMs }: Refresh['phases'][number]) => {
    phases.inc({ phase, state });
    if (durationMs !== null) durations.set({ phase }, durationMs / 1000);
  };
  const countEnd = (report: Refresh) => {
    ended.inc({ state: report.state });
    for (const outcome of ROWS) rows.inc({ outcome }, report[outcome]);
  };
  // Until all phases have ended: the picture is drawn after the end of the refresh.
  const running = new Map<string, Refresh>();
  refreshes.watch((report) => {
    if (report.joined || report.dryRun) return;
    const before = running.get(report.id);
    // A source that was abandoned may still report progress after the end.
    if (!before && report.state !== RefreshState.RUNNING) return;
    endedPhases(before, report).forEach(countPhase);
    if (report.state !== RefreshState.RUNNING && before?.state === RefreshState.RUNNING) countEnd(report);
    if (report.phases.every(hasEnded)) running.delete(report.id);
    else running.set(report.id, report);
  });
}

function endedPhases(before: Refresh | undefined, { phases }: Refresh) {
  return phases.filter((phase, index) => {
    const was = before?.phases[index];
    return hasEnded(phase) && !(was && hasEnded(was));
  });
}

export function hasEnded({ state }: Refresh['phases'][number]): boolean {
  return state !== PhaseState.WAITING && state !== PhaseState.RUNNING;
}

/** The connection pool of a database server; SQLite has none, and no such metrics. */
function showConnections(metrics: Metrics, { database, config }: AppContext): () => void {
  const { poolSize, maxOverflow } = config.database;
  const help = 'Connections to the database: in use, or open and idle.';
  const connections = metrics.gauge('database_connections', help, 'state');
  const waiting = metrics.gauge('database_waiting', 'Queries and transactions that wait for a connection.');
  const limitHelp = 'DATABASE_POOL_SIZE, and the same with DATABASE_MAX_OVERFLOW.';
  const limits = metrics.gauge('database_connections_limit', limitHelp, 'limit');
  return () => {
    const pool = database.poolState();
    if (!pool) return waiting.remove();
    connections.set({ state: 'in_use' }, pool.inUse);
    connections.set({ state: 'idle' }, pool.idle);
    waiting.set(pool.waiting);
    limits.set({ limit: 'kept' }, poolSize);
    limits.set({ limit: 'most' }, poolSize + maxOverflow);
  };
}

/** Prometheus abandons a scrape after ten seconds, and then has no metrics at all. */
const TIMEOUT_MS = 5_000;

/** Returns a function that reads the stored data. While the database is down, the metrics of the process remain. */
function showData(metrics: Metrics, { services: { status } }: AppContext): () => Promise<void> {
  const up = metrics.gauge('database_up', '1 while the database answers, else 0.');
  const countries = metrics.gauge('countries', 'Countries stored.');
  const bundled = metrics.gauge('bundled', '1 while the bundled data set is served.');
  const running = metrics.gauge('refresh_running', '1 while a refresh is running.');
  const help = 'When the last refresh succeeded; missing before the first.';
  const refreshed = metrics.gauge('last_refresh_timestamp_seconds', help);
  const observedHelp = 'The day on which the figures of a source were observed.';
  const observed = metrics.gauge('source_observed_timestamp_seconds', observedHelp, 'provides', 'source');
  return async () => {
    const timeout = delay(TIMEOUT_MS, null, { ref: false });
    const now = await Promise.race([status.status().catch(() => null), timeout]);
    up.set(Number(now !== null));
    // What is unknown is missing: 0 would be the year 1970.
    observed.reset();
    for (const gauge of [countries, bundled, running, refreshed]) gauge.remove();
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
