import { basename, dirname, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { AppContext } from '../context.js';
import { SUMMARY_IMAGE_PATH } from '../summary/summary-path.js';

export function serveSummaryImage(app: FastifyInstance, { picture }: AppContext): void {
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
