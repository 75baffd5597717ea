import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { type DocumentNode, GraphQLError, getNullableType, isListType } from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import type { QueryLimits } from '../../config/limits.js';
import type { RequestContext } from '../request-context.js';
import { type DocumentFigures, measureDocument } from './document-figures.js';
import { measureJson } from './input-figures.js';
import { listSize } from './list-sizes.js';
import { expectWithin } from './too-complex.js';

/** To find what is wrong with a query takes as long as to answer a large one. */
const INVALID_COST = 3_000;

/** What is read anew for each field at the root, however little comes of it. */
const ROOT_COST = 300;

type Resolved = GraphQLRequestContextDidResolveOperation<RequestContext>;

/** Refuses, before it runs, what is too much with the variables it came with. */
export function costLimits(limits: QueryLimits): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { budget } }) => ({
      validationDidStart: async () => async (errors) => {
        if (errors) budget.charge(INVALID_COST);
      },
      didResolveOperation: async (request) => {
        if (!request.operation) return;
        // Given back below: what is refused has been read and validated by now.
        budget.charge(INVALID_COST);
        expectSmallInputs(request, limits);
        const cost = Math.round(costOf(request));
        request.contextValue.facts.cost = cost;
        expectWithin(limits, 'QUERY_MAX_COST', cost);
        budget.charge(-INVALID_COST);
        budget.spend(cost);
      },
    }),
  };
}

function expectSmallInputs({ document, request }: Resolved, limits: QueryLimits): void {
  const variables = measureJson(request.variables ?? {}, limits.QUERY_MAX_INPUTS);
  for (const literals of figuresOf(document)) {
    // The object around all variables is none of them.
    expectWithin(limits, 'QUERY_MAX_INPUTS', literals.inputs + variables.inputs - 1);
    expectWithin(limits, 'QUERY_MAX_INPUT_DEPTH', Math.max(literals.inputDepth, variables.inputDepth - 1));
  }
}

const known = new WeakMap<DocumentNode, DocumentFigures[]>();

/** Apollo keeps the documents it has seen. */
function figuresOf(document: DocumentNode): DocumentFigures[] {
  const figures = known.get(document) ?? measureDocument(document);
  known.set(document, figures);
  return figures;
}

function costOf({ schema, document, request, operationName }: Resolved): number {
  try {
    return getComplexity({
      schema,
      query: document,
      estimators: [byListSize],
      // Its own guard would look like variables that do not fit; selections are counted before.
      maxQueryNodes: Number.POSITIVE_INFINITY,
      ...(operationName !== null && { operationName }),
      ...(request.variables && { variables: request.variables }),
    });
  } catch (error) {
    // Variables that do not fit: whoever runs it says so.
    if (error instanceof GraphQLError) return 0;
    throw error;
  }
}

/** One for each field of the answer. */
const byListSize: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const isList = isListType(getNullableType(field.type));
  const reading = type.name === 'Query' && !field.name.startsWith('__') ? ROOT_COST : 1;
  return reading + childComplexity * listSize(`${type.name}.${field.name}`, isList, args);
};
