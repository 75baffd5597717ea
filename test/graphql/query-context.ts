import { createRequestContext, type RequestContext, type Services } from '../../src/graphql/context.js';

/** That of a request that may ask for anything, and that somebody waits for. */
export function queryContext(services: Services): RequestContext {
  return createRequestContext(services, {
    requestId: 'x',
    budget: { spend: () => undefined, charge: () => undefined },
    facts: {},
    startClock: () => undefined,
    isCancelled: () => false,
    mayChange: () => 'nobody',
  });
}
