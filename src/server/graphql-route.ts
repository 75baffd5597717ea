import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { checkMayChange } from '../access.js';
import type { AppContext } from '../context.js';
import { createApollo } from '../graphql/apollo.js';
import { createRequestContext } from '../graphql/request-context.js';

export async function serveGraphql(
  app: FastifyInstance,
  { config, logger, services }: AppContext,
): Promise<void> {
  const apollo = createApollo(logger);
  await apollo.start();
  // By then Fastify has answered what was under way. Apollo's own drain plugin would close the server from within the
  // server's close, and both would wait for ever.
  app.addHook('onClose', () => apollo.stop());
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, {
      context: async (request) =>
        createRequestContext(services, request.id, () => checkMayChange(config.http, request.headers)),
    }),
  });
}
