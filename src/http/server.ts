import { basename, dirname, resolve } from 'node:path';
import fastifyCors from '@fastify/cors';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import { Accounts, accountFor, logRequests } from '../observability/access-log.js';
import { serveMetrics } from '../observability/metrics.js';
import { traceRequests } from '../observability/tracing.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary.js';
import { addressReader } from './client-address.js';
import { answerErrors } from './errors.js';
import { type FrontDoorParts, frontDoor } from './front-door.js';
import { stopGently } from './graceful-shutdown.js';
import { serveGraphql } from './graphql-route.js';
import { limitRate } from './rate-limit.js';
import { Replays } from './replays.js';
import { serveSubscriptions } from './websockets.js';

const NO_SCHEMAS = {
  buildValidator: () => noSchema,
  buildSerializer: () => noSchema,
};

function noSchema(): never {
  throw new Error('Routes with JSON schemas are not served');
}

/** The HTTP door. It knows no rule: every route is one call into a room. */
export async function createServer(context: AppContext): Promise<FastifyInstance> {
  const { http, limits } = context.config;
  const loggerInstance: FastifyBaseLogger = context.logger;
  const accounts = new Accounts();
  const replays = new Replays(context.answers);
  const ipOf = addressReader(http.trustedProxies);
  const door: FrontDoorParts = { replays, accounts, ipOf, admit: () => [] };
  const app: FastifyInstance = Fastify({
    loggerInstance,
    serverFactory: frontDoor(door),
    // One line a request, written by logRequests.
    logController: new LogController({ disableRequestLogging: true }),
    // Few requests log anything else. To make each a logger of its own costs more than to name the request there.
    childLoggerFactory: (logger) => logger,
    bodyLimit: limits.bodyBytes,
    // A client that sends a byte now and then holds a connection no longer than this.
    requestTimeout: 30_000,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    // Whose word on the address of a client is taken.
    trustProxy: http.trustedProxies.length > 0 && [...http.trustedProxies],
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    // No route has a JSON schema; what Fastify would load to compile them takes a tenth of the start.
    schemaController: { compilersFactory: NO_SCHEMAS },
    // While it stops, what still arrives on open connections is answered.
    return503OnClosing: false,
  });
  accountFor(app, accounts);
  logRequests(context.logger, accounts);
  addSecurityHeaders(app);
  await allowOrigins(app, http);
  door.admit = await limitRate(app, http);
  answerErrors(app, http);
  // Before the wait for open connections: those of subscribers would never end.
  serveSubscriptions(app, context);
  stopGently(app);
  serveMetrics(app, context, accounts);
  await traceRequests(app, context, accounts);
  await serveGraphql(app, context, replays);
  serveSummaryImage(app, context);
  serveHealth(app, context);
  if (http.landingPage) app.get('/', (_request, reply) => reply.redirect('/graphql'));
  return app;
}

/** Lets the pages of CORS_ORIGINS call from browsers. Without it browsers keep the answers from other pages. */
async function allowOrigins(app: FastifyInstance, { corsOrigins }: Config['http']): Promise<void> {
  if (corsOrigins.length === 0) return;
  await app.register(fastifyCors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['content-type', 'authorization', 'apollo-require-preflight', 'x-apollo-operation-name'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 86_400,
  });
}

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** Nothing that is sent as data may become a page of its own. */
const OF_DATA = "default-src 'none'; frame-ancestors 'none'";

/** What Apollo Sandbox may load it says itself, with nonces, in its page. */
const OF_PAGE = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

/** The headers that keep a browser from making more of an answer than it is. HTTPS is a matter of the proxy. */
function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(ALWAYS);
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
    reply.header('content-security-policy', isPage ? OF_PAGE : OF_DATA);
    done(null, payload);
  });
}

function serveHealth(app: FastifyInstance, { database }: AppContext): void {
  app.get('/health', () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    try {
      await database.checkReady();
      return { status: 'ready' };
    } catch (err) {
      reply.log.warn({ requestId: reply.request.id, err }, 'not ready');
      return reply.code(503).send({ status: 'unavailable' });
    }
  });
}

function serveSummaryImage(app: FastifyInstance, { picture }: AppContext): void {
  const path = resolve(picture.pathOf());
  app.get(SUMMARY_IMAGE_PATH, async (request, reply) => {
    if (!(await picture.exists())) return reply.code(404).send({ error: 'Summary image not found' });
    // Few servers are ever asked for it. What is known of conditional requests and ranges is its business.
    const { send } = await import('@fastify/send');
    const options = { root: dirname(path), cacheControl: false };
    const { statusCode, headers, stream } = await send(request.raw, basename(path), options);
    // Whoever shows it asks each time whether it has changed; an unchanged one costs a 304.
    return reply.code(statusCode).headers(headers).header('cache-control', 'no-cache').send(stream);
  });
}
