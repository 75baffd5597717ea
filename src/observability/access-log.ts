import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { RequestFacts } from '../graphql/context.js';
import type { Logger } from '../logger.js';

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
  }
}

/** A request that has been answered, whichever way it went. */
export interface Served {
  requestId: string;
  method: string;
  /** Without what follows a question mark, which may hold what is nobody's business. */
  path: string;
  /** The pattern that it matched. */
  route: string;
  headers: IncomingHttpHeaders;
  status: number;
  durationMs: number;
  ip: string;
  facts: RequestFacts;
}

/** Those who keep account: the log, the metrics, the traces. */
export class Accounts {
  readonly #keepers: ((served: Served) => void)[] = [];

  tell(served: Served): void {
    for (const keep of this.#keepers) keep(served);
  }

  keptBy(keeper: (served: Served) => void): void {
    this.#keepers.push(keeper);
  }
}

/** The id of a request stands in its answer, and in what is kept of it. */
export function accountFor(app: FastifyInstance, accounts: Accounts): void {
  app.decorateRequest('facts');
  app.addHook('onRequest', (request, reply, done) => {
    request.facts = {};
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { id, method, url, headers, ip, facts, routeOptions } = request;
    accounts.tell({
      requestId: id,
      method,
      path: pathOf(url),
      route: routeOptions.url ?? 'none',
      headers,
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
      ip,
      facts,
    });
    done();
  });
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** One line a request. */
export function logRequests(logger: Logger, accounts: Accounts): void {
  accounts.keptBy(({ requestId, method, path, status, durationMs, ip, facts }) => {
    const rounded = Math.round(durationMs * 10) / 10;
    logger.info({ requestId, method, path, status, durationMs: rounded, ip, ...facts }, 'request');
  });
}
