import { type DocumentNode, GraphQLError, type GraphQLSchema, getNullableType, isListType } from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import type { QueryLimits } from '../../config/limits.js';
import type { RequestFacts } from '../request-facts.js';
import { type DocumentFigures, measureDocument } from './document-figures.js';
import { measureJson } from './input-figures.js';
import { listSize } from './list-sizes.js';
import { expectWithin } from './too-complex.js';
import { variablesMatter } from './variables-matter.js';

/** An operation with the variables that it came with. */
interface Asked {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName: string | null | undefined;
  variables: Record<string, unknown> | null | undefined;
}

export type CostCheck = (asked: Asked, facts: RequestFacts) => number;

/** What is read anew for each field at the root, however little comes of it. */
const ROOT_COST = 300;

/** What can be told of a document once and for all; whoever parses keeps the documents of texts that come again. */
interface Known {
  inputs: DocumentFigures[];
  variablesMatter: boolean;
  /** By the name of the operation. */
  costs: Map<string, number>;
}

/** Notes and returns what an operation costs; throws QUERY_TOO_COMPLEX for what is too much with these variables. */
export function createCostCheck(limits: QueryLimits): CostCheck {
  const documents = new WeakMap<DocumentNode, Known>();
  return (asked, facts) => {
    const known = documents.get(asked.document) ?? learn(asked.document);
    documents.set(asked.document, known);
    expectSmallInputs(known, asked, limits);
    const cost = costOf(known, asked);
    facts.cost = cost;
    expectWithin(limits, 'QUERY_MAX_COST', cost);
    return cost;
  };
}

function learn(document: DocumentNode): Known {
  return {
    inputs: measureDocument(document),
    variablesMatter: variablesMatter(document),
    costs: new Map(),
  };
}

function expectSmallInputs({ inputs }: Known, asked: Asked, limits: QueryLimits): void {
  const variables = measureJson(asked.variables ?? {}, limits.QUERY_MAX_INPUTS);
  for (const literals of inputs) {
    // The object around all variables is none of them.
    expectWithin(limits, 'QUERY_MAX_INPUTS', literals.inputs + variables.inputs - 1);
    expectWithin(limits, 'QUERY_MAX_INPUT_DEPTH', Math.max(literals.inputDepth, variables.inputDepth - 1));
  }
}

function costOf({ variablesMatter, costs }: Known, asked: Asked): number {
  const operation = asked.operationName ?? '';
  const before = costs.get(operation);
  if (before !== undefined) return before;
  try {
    const cost = count(asked);
    if (!variablesMatter) costs.set(operation, cost);
    return cost;
  } catch (error) {
    // Variables that do not fit: whoever runs it says so.
    if (error instanceof GraphQLError) return 0;
    throw error;
  }
}

function count({ schema, document, operationName, variables }: Asked): number {
  const cost = getComplexity({
    schema,
    query: document,
    estimators: [byListSize],
    // Its own guard would look like variables that do not fit; selections are counted before.
    maxQueryNodes: Number.POSITIVE_INFINITY,
    ...(operationName && { operationName }),
    ...(variables && { variables }),
  });
  return Math.round(cost);
}

/** One for each field of the answer. */
const byListSize: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const isList = isListType(getNullableType(field.type));
  const reading = type.name === 'Query' && !field.name.startsWith('__') ? ROOT_COST : 1;
  return reading + childComplexity * listSize(`${type.name}.${field.name}`, isList, args);
};
