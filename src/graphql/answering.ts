import type { FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { askApollo, createApollo } from './apollo.js';
import type { CompiledQueries } from './compiled-queries.js';
import type { RequestContext } from './context.js';
import { KnownQueries } from './known-queries.js';
import { createCostCheck } from './limits/cost.js';
import type { Question } from './question.js';
import type { Answer } from './response.js';
import { createSchema, stopWhenCancelled } from './schema.js';

export interface Answering {
  /** With the question where its answer depends on the data alone. */
  answer(request: FastifyRequest, context: RequestContext, question?: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** Apollo answers; what it has answered once is run without it from then on. */
export async function startAnswering(
  logger: Logger,
  config: Pick<Config, 'http' | 'limits'>,
): Promise<Answering> {
  const schema = stopWhenCancelled(createSchema());
  const checkCost = createCostCheck(config.limits);
  const known = new KnownQueries(schema, checkCost, await compiledQueries(schema, config));
  const apollo = createApollo({ schema, checkCost, logger, http: config.http });
  await apollo.start();
  return {
    async answer(request, context, question) {
      const answered = question && (await known.answer(question, context));
      if (answered) return answered;
      const made = await askApollo(apollo, request, context);
      if (question) known.remember(question, context, made);
      return made;
    },
    stop: () => apollo.stop(),
  };
}

/** Where answers are kept, each query is run once for each change of the data: to compile it would take longer. */
async function compiledQueries(
  schema: GraphQLSchema,
  { http }: Pick<Config, 'http'>,
): Promise<CompiledQueries | undefined> {
  if (http.answerCacheBytes > 0) return undefined;
  const { CompiledQueries } = await import('./compiled-queries.js');
  return new CompiledQueries(schema);
}
