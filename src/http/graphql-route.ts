import type { ServerResponse } from 'node:http';
import type { FastifyInstance, onResponseHookHandler } from 'fastify';
import type { GraphQLError } from 'graphql';
import { checkMayChange } from '../access.js';
import type { AppContext } from '../context.js';
import { startAnswering } from '../graphql/answering.js';
import { createRequestContext } from '../graphql/context.js';
import { type Ask, createGraphqlHandler } from '../graphql/graphql-handler.js';
import { createCostBudgets } from '../graphql/limits/budget.js';
import { createDocumentCheck, tooComplex } from '../graphql/limits/document.js';
import { holdBack } from './errors.js';
import type { Replays } from './replays.js';

/** To read a query that is refused before anybody validates it. */
const REFUSED_COST = 500;

export async function serveGraphql(
  app: FastifyInstance,
  { config, logger, services, answers }: AppContext,
  replays: Replays,
): Promise<void> {
  const answering = await startAnswering(logger, config);
  // By then Fastify has answered what was under way. Apollo's own drain plugin would close the server from within the
  // server's close, and both would wait for ever.
  app.addHook('onClose', () => answering.stop());
  const expectSmall = createDocumentCheck(config.limits);
  const budgetOf = createCostBudgets(config.limits.costPerMinute);
  const ask: Ask = async (request, reply, question) => {
    const budget = budgetOf(request.ip);
    // Throws when the client is in debt.
    budget.spend(0);
    const deadline = new QueryDeadline(reply.raw, config.limits.timeoutMs);
    const context = createRequestContext(services, {
      requestId: request.id,
      budget,
      facts: request.facts,
      startClock: () => deadline.start(),
      isCancelled: () => deadline.isCancelled,
      mayChange: () => {
        request.facts.actor = checkMayChange(config.http, request.headers);
        return request.facts.actor;
      },
    });
    try {
      const answer = await deadline.waitFor(answering.answer(request, context, question));
      if (request.facts.codes?.includes('RATE_LIMITED')) await holdBack();
      return answer;
    } finally {
      deadline.end();
    }
  };
  const refuseLarge = (text: string, ip: string) => {
    try {
      expectSmall(text);
    } catch (error) {
      budgetOf(ip).spend(REFUSED_COST);
      throw error;
    }
  };
  const record: onResponseHookHandler = (request, reply, done) => {
    replays.record(request.raw, reply.getHeaders(), request.facts);
    done();
  };
  app.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    preHandler: ({ body, query, ip }, _reply, done) => {
      if (Array.isArray(body)) throw noBatches(body.length);
      const { query: text } = (body ?? query ?? {}) as { query?: unknown };
      if (typeof text === 'string') refuseLarge(text, ip);
      done();
    },
    handler: createGraphqlHandler(answers, ask, ({ raw }, hit) => replays.expect(raw, hit)),
    ...(replays.keeps && { onResponse: record }),
  });
}

/** Each request is one query, so that what it may cost is known and requests can be counted. */
function noBatches(actual: number): GraphQLError {
  const limit = { limit: 'batch', allowed: 1, actual };
  return tooComplex('Several queries in one request are not served; send each by itself', limit);
}

/** The time that a query has, and whether anybody still waits for its answer. */
class QueryDeadline {
  readonly #response: ServerResponse;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #giveUp: (error: Error) => void = () => undefined;

  constructor(response: ServerResponse, timeoutMs: number) {
    this.#response = response;
    this.#timeoutMs = timeoutMs;
  }

  get isCancelled(): boolean {
    // Closed without an answer: the client hung up.
    return this.#isOver || this.#response.closed;
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.end();
      this.#giveUp(tooLong(this.#timeoutMs));
    }, this.#timeoutMs);
  }

  /** What comes of the query. Rejects when its time is up. */
  waitFor<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      answer.then(resolve, reject);
    });
  }

  /** Whatever still runs for the query is not waited for. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

function tooLong(timeoutMs: number) {
  const seconds = timeoutMs / 1000;
  return tooComplex(`The query took longer than ${seconds} s (QUERY_TIMEOUT) and was given up`, {
    limit: 'QUERY_TIMEOUT',
    allowed: seconds,
    http: { status: 503 },
  });
}
