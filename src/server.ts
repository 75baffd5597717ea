import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { AppContext } from './context.js';
import { answerErrors } from './server/error-answer.js';
import { stopGently } from './server/gentle-stop.js';
import { serveGraphql } from './server/graphql-route.js';
import { serveHealth } from './server/health-routes.js';
import { logRequests } from './server/request-log.js';
import { serveSubscriptions } from './server/subscription-route.js';
import { serveSummaryImage } from './server/summary-image-route.js';

/** The HTTP door. It knows no rule: every route is one call into a room. */
export async function createServer(context: AppContext): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = context.logger;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    // One line a request, written by logRequests.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: context.config.limits.bodyBytes,
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    // While it stops, what still arrives on open connections is answered.
    return503OnClosing: false,
  });
  logRequests(app);
  answerErrors(app);
  // Before the wait for open connections: those of subscribers would never end.
  serveSubscriptions(app, context);
  stopGently(app);
  await serveGraphql(app, context);
  await serveSummaryImage(app, context);
  serveHealth(app, context);
  app.get('/', (_request, reply) => reply.redirect('/graphql'));
  return app;
}
