import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { bearerOf, isSameText } from '../access.js';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import type { Database } from '../db/database.js';
import { AppError } from '../errors.js';
import { isPrivate } from '../net.js';
import { PhaseName, PhaseState, RefreshState } from '../refresh/phases.js';
import type { RefreshService } from '../refresh/refresh.service.js';
import type { Refresh, Status } from '../refresh/refresh.type.js';
import type { StatusService } from '../refresh/status.service.js';
import type { AccessLogEntry, RequestTracker } from './access-log.js';

/** What operators watch; every name begins with country_exchange_, but for those of the process. */
function createMetrics({ config, database, services }: AppContext) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  watchRefreshes(registry, services.refreshes);
  watchConnections(registry, database, config.database);
  const readData = describeData(registry, services.status);
  const registers = [registry];
  return {
    contentType: registry.contentType,
    async scrape(): Promise<string> {
      // Before anything is written: the figures are written side by side, and none waits for another.
      await readData();
      return registry.metrics();
    },
    requests: new Counter({
      name: 'country_exchange_http_requests_total',
      help: 'Requests answered.',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    durations: new Histogram({
      name: 'country_exchange_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer.',
      labelNames: ['route'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    errors: new Counter({
      name: 'country_exchange_graphql_errors_total',
      help: 'Answers with errors, by extensions.code.',
      labelNames: ['code'] as const,
      registers,
    }),
    cache: new Counter({
      name: 'country_exchange_answer_cache_total',
      help: 'Queries answered from what was kept (hit) and those that had to be run (miss).',
      labelNames: ['result'] as const,
      registers,
    }),
  };
}

/** So many requests are counted at once: a quick answer takes less time than to look up what it counts for. */
const BATCH = 200;

/** Counts what is answered, and shows the counts to the operator. */
export function serveMetrics(app: FastifyInstance, context: AppContext, requests: RequestTracker): void {
  const metrics = createMetrics(context);
  const waiting: Pick<AccessLogEntry, 'route' | 'status' | 'durationMs' | 'facts'>[] = [];
  const count = () => {
    for (const { route, status, durationMs, facts } of waiting.splice(0)) {
      metrics.requests.inc({ route, status });
      metrics.durations.observe({ route }, durationMs / 1000);
      for (const code of facts.codes ?? []) metrics.errors.inc({ code });
      if (facts.cache) metrics.cache.inc({ result: facts.cache });
    }
  };
  requests.onRequestFinished(({ route, status, durationMs, facts }) => {
    if (waiting.push({ route, status, durationMs, facts }) >= BATCH) count();
  });
  app.get('/metrics', async (request, reply) => {
    expectOperator(request, context.config.http.metricsToken);
    count();
    return reply.type(metrics.contentType).send(await metrics.scrape());
  });
}

function expectOperator({ headers, ip }: FastifyRequest, token: string | undefined): void {
  if (token === undefined ? isPrivate(ip) : isSameText(bearerOf(headers.authorization), token)) return;
  throw new AppError('FORBIDDEN', 'Metrics are for the operator: set METRICS_TOKEN');
}

/** The pool of connections to a database server; without one there is nothing to count, and the figures are missing. */
function watchConnections(
  registry: Registry,
  database: Pick<Database, 'poolState'>,
  { poolSize, maxOverflow }: Config['database'],
): void {
  const registers = [registry];
  new Gauge({
    name: 'country_exchange_database_connections',
    help: 'Connections to the database: in use, or open and idle.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const pool = database.poolState();
      if (!pool) return;
      this.set({ state: 'in_use' }, pool.inUse);
      this.set({ state: 'idle' }, pool.idle);
    },
  });
  new Gauge({
    name: 'country_exchange_database_waiting',
    help: 'Queries and transactions that wait for a connection to the database.',
    registers,
    collect() {
      const pool = database.poolState();
      if (pool) this.set(pool.waiting);
      else this.remove();
    },
  });
  new Gauge({
    name: 'country_exchange_database_connections_limit',
    help: 'Connections that are kept (DATABASE_POOL_SIZE), and that there are at most (with DATABASE_MAX_OVERFLOW).',
    labelNames: ['limit'] as const,
    registers,
    collect() {
      if (!database.poolState()) return;
      this.set({ limit: 'kept' }, poolSize);
      this.set({ limit: 'most' }, poolSize + maxOverflow);
    },
  });
}

const ENDS = [RefreshState.SUCCEEDED, RefreshState.FAILED, RefreshState.CANCELLED];
const ROWS = ['received', 'inserted', 'updated', 'unchanged', 'rejected', 'missing', 'excluded'] as const;

/**
 * The refreshes that this process runs: of those that it joins the other process tells, and dry runs change nothing.
 * It watches as long as the service lives.
 */
function watchRefreshes(registry: Registry, refreshes: RefreshService): void {
  const figures = createRefreshMetrics([registry]);
  // Those with a phase that has not ended; the picture is drawn after the end of the refresh.
  const underWay = new Map<string, Refresh>();
  refreshes.watch((report) => {
    if (report.joined || report.dryRun) return;
    const before = underWay.get(report.id);
    // A source that is given up may still say something after the end.
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

function createRefreshMetrics(registers: Registry[]) {
  const ended = new Counter({
    name: 'country_exchange_refreshes_total',
    help: 'Refreshes that this process ran, by how they ended.',
    labelNames: ['state'] as const,
    registers,
  });
  // What has not been counted yet would be missing, and the first of it no increase.
  for (const state of ENDS) ended.inc({ state }, 0);
  const rows = new Counter({
    name: 'country_exchange_refresh_rows_total',
    help: 'Countries in the refreshes that this process ran, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ROWS) rows.inc({ outcome }, 0);
  const phases = new Counter({
    name: 'country_exchange_refresh_phases_total',
    help: 'Phases of the refreshes that this process ran, by how they ended.',
    labelNames: ['phase', 'state'] as const,
    registers,
  });
  for (const phase of Object.values(PhaseName)) phases.inc({ phase, state: PhaseState.FAILED }, 0);
  const phaseSeconds = new Gauge({
    name: 'country_exchange_refresh_phase_duration_seconds',
    help: 'How long each phase of the last refresh took.',
    labelNames: ['phase'] as const,
    registers,
  });
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

/** Prometheus gives a scrape up after ten seconds, and then has none of the figures. */
const ANSWER_WITHIN_MS = 5_000;

/** Returns what brings them up to date from the database: to be waited for before each scrape is written. */
function describeData(registry: Registry, status: StatusService): () => Promise<void> {
  const { up, observed, ...single } = createStoredDataMetrics([registry]);
  return async () => {
    // The figures of the process are wanted most of all when the database does not answer.
    const tooLate = delay(ANSWER_WITHIN_MS, null, { ref: false });
    const now = await Promise.race([status.status().catch(() => null), tooLate]);
    up.set(Number(now !== null));
    // What is not known is missing: 0 would be the year 1970.
    observed.reset();
    for (const gauge of Object.values(single)) gauge.remove();
    if (now) show({ observed, ...single }, now);
  };
}

type StoredDataMetrics = Omit<ReturnType<typeof createStoredDataMetrics>, 'up'>;

function createStoredDataMetrics(registers: Registry[]) {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `country_exchange_${name}`, help, registers });
  const observed = new Gauge({
    name: 'country_exchange_source_observed_timestamp_seconds',
    help: 'The day that the figures of a source are of.',
    labelNames: ['provides', 'source'] as const,
    registers,
  });
  return {
    up: gauge('database_up', '1 while the database answers, else 0.'),
    countries: gauge('countries', 'Countries stored.'),
    bundled: gauge('bundled', '1 while the bundled data set is served.'),
    running: gauge('refresh_running', '1 while a refresh is running.'),
    refreshed: gauge(
      'last_refresh_timestamp_seconds',
      'When the last refresh succeeded; missing before the first.',
    ),
    observed,
  };
}

function show({ countries, bundled, running, refreshed, observed }: StoredDataMetrics, now: Status): void {
  countries.set(now.totalCountries);
  bundled.set(Number(now.bundled));
  running.set(Number(now.running !== null));
  if (now.lastRefreshedAt) refreshed.set(Date.parse(now.lastRefreshedAt) / 1000);
  for (const { provides, source, observedAt } of now.sources) {
    if (observedAt) observed.set({ provides, source }, Date.parse(observedAt) / 1000);
  }
}
