import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerCache, Kept } from './answer-cache.js';
import { createIsKeepable } from './keepable.js';
import { type Question, questionOf } from './question.js';
import type { Answer } from './response.js';
import { acceptedEncoding } from './response.js';

/** Gets the question where its answer depends on the data alone. */
export type Ask = (
  request: FastifyRequest,
  reply: FastifyReply,
  question: Question | undefined,
) => Promise<Answer>;

/** What a request has been answered with that others have been answered with before. */
export interface Hit {
  /** The key that the answer is kept by. */
  question: string;
  answer: Answer;
  body: string | Buffer;
}

/** Answers with what is kept where it can, and asks for everything else. */
export function createGraphqlHandler(
  cache: AnswerCache,
  ask: Ask,
  onHit: (request: FastifyRequest, hit: Hit) => void,
) {
  const isKeepable = createIsKeepable();
  const answerAnew = async (question: Question | undefined, request: FastifyRequest, reply: FastifyReply) => {
    const ofData = question && isKeepable(question.query, question.operationName) ? question : undefined;
    const run = () => ask(request, reply, ofData);
    const kept = ofData ? await cache.get(ofData.key, run) : null;
    if (kept) mark(kept, request, reply);
    return prepare(kept?.answer ?? (await run()), request, reply);
  };
  // Without a promise where there is nothing to wait for: this is the way of most requests.
  return (request: FastifyRequest, reply: FastifyReply) => {
    const question = questionOf(request);
    const answer = question && cache.kept(question.key);
    if (!answer) return answerAnew(question, request, reply);
    mark({ answer, hit: true }, request, reply);
    const body = prepare(answer, request, reply);
    if (body instanceof Promise) return body;
    onHit(request, { question: question.key, answer, body });
    return reply.send(body);
  };
}

function mark({ answer, hit }: Kept, { facts }: FastifyRequest, reply: FastifyReply): void {
  const { operation, cost } = answer.facts;
  if (operation !== undefined) facts.operation = operation;
  if (cost !== undefined) facts.cost = cost;
  facts.cache = hit ? 'hit' : 'miss';
  reply.header('x-cache', facts.cache);
}

/** Sets the head of the reply, and returns the body in the form that the client takes. */
function prepare(answer: Answer, request: FastifyRequest, reply: FastifyReply): ReturnType<Answer['body']> {
  reply.code(answer.status).headers(answer.headers);
  if (!answer.isCompressible) return answer.body('identity');
  const encoding = acceptedEncoding(request.headers['accept-encoding']);
  reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '));
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return answer.body(encoding);
}
