import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from '../request-context.js';
import type { CostCheck } from './cost-check.js';

/** To find what is wrong with a query takes as long as to answer a large one. */
const INVALID_COST = 3_000;

/** Refuses, before it runs, what is too much with the variables it came with. */
export function costLimits(checkCost: CostCheck): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { budget, facts } }) => ({
      validationDidStart: async () => async (errors) => {
        if (errors) budget.charge(INVALID_COST);
      },
      didResolveOperation: async ({ schema, document, operation, operationName, request }) => {
        if (!operation) return;
        // Given back below: what is refused has been read and validated by now.
        budget.charge(INVALID_COST);
        const cost = checkCost({ schema, document, operationName, variables: request.variables }, facts);
        budget.charge(-INVALID_COST);
        budget.spend(cost);
      },
    }),
  };
}
