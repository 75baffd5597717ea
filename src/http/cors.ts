import type { IncomingHttpHeaders } from 'node:http';
import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

type Origins = Config['http']['corsOrigins'];

/** Scripts of other origins may read these as well. */
const EXPOSED_HEADERS = [
  ...['x-request-id', 'retry-after', 'x-cache', 'x-data-stale'],
  ...['etag', 'link', 'x-attribution', 'content-disposition'],
];

/** Lets pages of CORS_ORIGINS read responses. Without it browsers withhold them from pages of other origins. */
export async function allowOrigins(app: FastifyInstance, { corsOrigins }: Config['http']): Promise<void> {
  // A page without permission sees nothing of the answer, but its developer sees this in the browser and in the log.
  app.addHook('onRequest', (request, reply, done) => {
    const { origin, 'access-control-request-method': method } = request.headers;
    if (request.method !== 'OPTIONS' || !origin || !method || isListed(corsOrigins, origin)) return done();
    const message = refusalOf(origin);
    request.log.warn({ requestId: request.id, origin }, message);
    request.facts.codes = ['FORBIDDEN'];
    reply.code(403).send({ errors: [{ message, extensions: { code: 'FORBIDDEN' } }] });
  });
  if (corsOrigins.length === 0) return;
  await app.register(fastifyCors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'POST'],
    // Without a list of allowed headers it allows those that the page asks for: each client and tracer has its own. They
    // open nothing, since no cookie is read.
    exposedHeaders: EXPOSED_HEADERS,
    // OPTIONS without the headers of a preflight is no error.
    strictPreflight: false,
    maxAge: 86_400,
  });
}

/** Programs other than browsers send no Origin, or may send any. */
export function isOriginAllowed(origins: Origins, { origin, host }: IncomingHttpHeaders): boolean {
  return origin === undefined || isListed(origins, origin) || (URL.canParse(origin) && new URL(origin).host === host);
}

function isListed(origins: Origins, origin: string): boolean {
  return origins.includes('*') || origins.includes(origin);
}

export function refusalOf(origin: string): string {
  if (!URL.canParse(origin))
    return 'Pages without an origin, such as files, may call this server only with CORS_ORIGINS=*';
  return `Pages of ${origin} may not call this server: it is not in the setting CORS_ORIGINS`;
}
