import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

/** Lets the pages of CORS_ORIGINS call from browsers. Without it browsers keep the answers from other pages. */
export async function allowOrigins(app: FastifyInstance, { corsOrigins }: Config['http']): Promise<void> {
  if (corsOrigins.length === 0) return;
  await app.register(fastifyCors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['content-type', 'authorization', 'apollo-require-preflight', 'x-apollo-operation-name'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 86_400,
  });
}
