import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedEncoding } from './accepted-encoding.js';
import type { Answer } from './answer.js';
import type { AnswerCache } from './answer-cache.js';
import { createIsKeepable } from './keepable.js';
import { questionKey } from './question.js';

export type Ask = (request: FastifyRequest, reply: FastifyReply) => Promise<Answer>;

/** Answers with what is kept where it can, and asks for everything else. */
export function createGraphqlHandler(cache: AnswerCache, ask: Ask) {
  const isKeepable = createIsKeepable();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<string | Buffer> => {
    const run = () => ask(request, reply);
    const key = questionKey(request, isKeepable);
    const kept = key === undefined ? null : await cache.get(key, run);
    if (kept) {
      Object.assign(request.facts, kept.answer.facts, { cache: kept.hit ? 'hit' : 'miss' });
      reply.header('x-cache', kept.hit ? 'hit' : 'miss');
    }
    return send(kept?.answer ?? (await run()), request, reply);
  };
}

function send(answer: Answer, request: FastifyRequest, reply: FastifyReply): ReturnType<Answer['body']> {
  reply.code(answer.status).headers(answer.headers);
  if (!answer.isCompressible) return answer.body('identity');
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '));
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return answer.body(encoding);
}
