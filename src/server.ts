import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { AppContext } from './context.js';
import { addressReader } from './server/client-address.js';
import { allowOrigins } from './server/cors.js';
import { answerErrors } from './server/error-answer.js';
import { type FrontDoorParts, frontDoor } from './server/front-door.js';
import { stopGently } from './server/gentle-stop.js';
import { serveGraphql } from './server/graphql-route.js';
import { serveHealth } from './server/health-routes.js';
import { serveMetrics } from './server/metrics-route.js';
import { limitRate } from './server/rate-limit.js';
import { Replays } from './server/replays.js';
import { logRequests } from './server/request-log.js';
import { addSecurityHeaders } from './server/security-headers.js';
import { Accounts, accountFor } from './server/served.js';
import { serveSubscriptions } from './server/subscription-route.js';
import { serveSummaryImage } from './server/summary-image-route.js';
import { traceRequests } from './server/tracing.js';

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
