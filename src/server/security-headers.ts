import type { FastifyInstance } from 'fastify';

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
export function addSecurityHeaders(app: FastifyInstance): void {
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
