import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from './request-context.js';

const MAX_NAME_LENGTH = 80;

/** Notes what is run, and what errors its answer has. */
export const operationFacts: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async ({ contextValue }) => ({
    didResolveOperation: async ({ document, operation, operationName }) => {
      if (!operation) return;
      const { facts, startClock, valid } = contextValue;
      valid.document = document;
      facts.operation = `${operation.operation} ${operationName?.slice(0, MAX_NAME_LENGTH) ?? ''}`.trimEnd();
      // A refresh takes as long as its sources do, and has time limits of its own.
      if (operation.operation === 'query') startClock();
    },
    willSendResponse: async ({ response: { body } }) => {
      const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
      if (errors)
        contextValue.facts.codes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
    },
  }),
};
