import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../context.js';

export function serveHealth(app: FastifyInstance, { database }: AppContext): void {
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
