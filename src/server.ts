import { basename, dirname, resolve } from 'node:path';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastifyStatic from '@fastify/static';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { checkMayChange } from './access.js';
import type { AppContext } from './context.js';
import { createApollo } from './graphql/apollo.js';
import { createRequestContext } from './graphql/request-context.js';
import { SUMMARY_IMAGE_PATH } from './summary/summary-path.js';

/** The HTTP door. It knows no rule: every route is one call into a room. */
export async function createServer(context: AppContext): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = context.logger;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    // One line a request, written below.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: 256 * 1024,
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    // Clients that keep a connection open without a word would otherwise hold up a stop.
    forceCloseConnections: 'idle',
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', logRequest);
  await serveGraphql(app, context);
  await serveSummaryImage(app, context);
  serveHealth(app, context);
  app.get('/', (_request, reply) => reply.redirect('/graphql'));
  return app;
}

async function serveGraphql(app: FastifyInstance, { config, logger, services }: AppContext): Promise<void> {
  const apollo = createApollo(logger);
  await apollo.start();
  // By then Fastify has answered what was under way.
  app.addHook('onClose', () => apollo.stop());
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, {
      context: async (request) =>
        createRequestContext(services, request.id, () =>
          checkMayChange(config.http, request.headers.authorization),
        ),
    }),
  });
}

async function serveSummaryImage(app: FastifyInstance, { picture }: AppContext): Promise<void> {
  const path = picture.pathOf();
  await app.register(fastifyStatic, { root: dirname(resolve(path)), serve: false, cacheControl: false });
  app.get(SUMMARY_IMAGE_PATH, async (_request, reply) => {
    if (!(await picture.exists())) return reply.code(404).send({ error: 'Summary image not found' });
    // Whoever shows it asks each time whether it has changed; an unchanged one costs a 304.
    return reply.header('cache-control', 'no-cache').sendFile(basename(path));
  });
}

function serveHealth(app: FastifyInstance, { database }: AppContext): void {
  app.get('/health', () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    try {
      await database.checkReady();
      return { status: 'ready' };
    } catch (err) {
      reply.log.warn({ err }, 'not ready');
      return reply.code(503).send({ status: 'unavailable' });
    }
  });
}

async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { method } = request;
  const path = request.url.split('?', 1)[0];
  request.log.info(
    { method, path, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) },
    'request',
  );
}
