import { basename, dirname } from 'node:path';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from 'fastify';
import type { AppContext } from '../context.js';
import { logRequests, trackRequests } from '../observability/access-log.js';
import { serveMetrics } from '../observability/metrics.js';
import { traceRequests } from '../observability/tracing.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary.js';
import { allowCaching, type CacheControl, createCacheControl } from './caching.js';
import { allowOrigins } from './cors.js';
import { serveDownloads } from './downloads-route.js';
import { answerErrors } from './errors.js';
import { drainOnClose } from './graceful-shutdown.js';
import { serveGraphql } from './graphql-route.js';
import { createCostBudgets, limitRate } from './limits.js';
import { servePage } from './page.js';
import { serveSubscriptions } from './websockets.js';

/** The HTTP server: routes and what applies to all of them, in the order in which a request meets it. */
export async function createServer(context: AppContext, pageFolder?: string): Promise<FastifyInstance> {
  const { http, limits, refresh } = context.config;
  const loggerInstance: FastifyBaseLogger = context.logger;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    // One line for each request, written by logRequests.
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request costs more than naming the request in the few lines that are about one.
    childLoggerFactory: (logger) => logger,
    bodyLimit: limits.bodyBytes,
    // Bounds clients that send a byte now and then.
    requestTimeout: 30_000,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    frameworkErrors: answerBadPath,
    trustProxy: http.trustedProxies.length > 0 && [...http.trustedProxies],
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    // No route has a JSON schema; the compilers that Fastify would load take a tenth of the start.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // Requests that still arrive on open connections during a shutdown are answered.
    return503OnClosing: false,
  });
  const requests = trackRequests(app);
  logRequests(context.logger, requests);
  addDefaultHeaders(app, context);
  await allowOrigins(app, http);
  await limitRate(app, http);
  answerErrors(app, http);
  // Before the wait for open connections: those of subscribers would never end.
  serveSubscriptions(app, context, requests);
  drainOnClose(app, requests);
  serveMetrics(app, context, requests);
  await traceRequests(app, context, requests);
  const budgetOf = createCostBudgets(limits.costPerMinute);
  const { snapshots } = context.services;
  const cacheControl = createCacheControl({ maxAge: http.cacheMaxAge, schedule: refresh.schedule, snapshots });
  await serveGraphql(app, context, budgetOf, cacheControl);
  serveDownloads(app, context, budgetOf, cacheControl);
  serveSummaryImage(app, context, cacheControl);
  serveHealth(app, context);
  if (http.landingPage) servePage(app, pageFolder);
  return app;
}

/** A path that is not percent-encoded correctly, or has too long a part, has no route. */
function answerBadPath({ message, statusCode = 400 }: FastifyError, _request: unknown, reply: unknown): void {
  const body = { error: message, code: 'BAD_REQUEST' };
  (reply as FastifyReply).code(statusCode).headers(DEFAULT_HEADERS).send(body);
}

function noSchemas(): never {
  throw new Error('Routes with JSON schemas are not served');
}

const DEFAULT_HEADERS = {
  // Responses that caches may keep override it.
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // A response with data must not act as a page; pages have policies of their own.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Restricts what a browser or a cache does with a response. HTTPS is up to the proxy. */
function addDefaultHeaders(app: FastifyInstance, { services: { snapshots } }: AppContext): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(DEFAULT_HEADERS);
    // While the database does not answer, what is served may be out of date, and for how many seconds.
    const staleMs = snapshots.unansweredMs();
    if (staleMs !== null) reply.header('x-data-stale', Math.ceil(staleMs / 1000));
    done();
  });
}

function serveHealth(app: FastifyInstance, { database, services }: AppContext): void {
  app.get('/health', () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    try {
      await database.checkReady();
      return { status: 'ready' };
    } catch (err) {
      reply.log.warn({ requestId: reply.request.id, err }, 'not ready');
      return reply.code(503).send({ status: 'unavailable', servesStaleData: services.snapshots.latest !== undefined });
    }
  });
}

function serveSummaryImage(app: FastifyInstance, { summary }: AppContext, cacheControl: CacheControl): void {
  app.get(SUMMARY_IMAGE_PATH, async (request, reply) => {
    const picture = await summary.picture();
    if (picture === null) return reply.code(404).send({ error: 'Summary image not found' });
    const { path, isCurrent } = picture;
    // Loaded on first use. It handles conditional requests and ranges.
    const { send } = await import('@fastify/send');
    const options = { root: dirname(path), cacheControl: false };
    const { statusCode, headers, stream } = await send(request.raw, basename(path), options);
    reply.code(statusCode).headers(headers);
    if (statusCode < 400) allowCaching(request, reply, isCurrent ? cacheControl() : 'no-cache');
    return reply.send(stream);
  });
}
