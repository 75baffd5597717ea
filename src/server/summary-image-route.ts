import { basename, dirname, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../context.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary-path.js';

export async function serveSummaryImage(app: FastifyInstance, { picture }: AppContext): Promise<void> {
  const path = picture.pathOf();
  await app.register(fastifyStatic, { root: dirname(resolve(path)), serve: false, cacheControl: false });
  app.get(SUMMARY_IMAGE_PATH, async (_request, reply) => {
    if (!(await picture.exists())) return reply.code(404).send({ error: 'Summary image not found' });
    // Whoever shows it asks each time whether it has changed; an unchanged one costs a 304.
    return reply.header('cache-control', 'no-cache').sendFile(basename(path));
  });
}
