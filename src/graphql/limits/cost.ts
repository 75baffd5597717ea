import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  isListType,
  Kind,
  visit,
} from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import type { QueryLimits } from '../../config.js';
import type { RequestFacts } from '../context.js';
import { type DocumentFigures, expectWithin, measureDocument, measureJson } from './document.js';

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

type SizeOf = (args: Record<string, unknown>) => number;

/** All there are. */
const COUNTRIES = 250;
const CURRENCIES = 170;

const LANGUAGES = 153;
const MS_PER_DAY = 24 * 60 * 60 * 1000;

const firstOf =
  (all: number): SizeOf =>
  ({ first, last }) => {
    const wanted = first ?? last;
    return typeof wanted === 'number' ? Math.min(Math.max(wanted, 0), all) : all;
  };

/** What makes no sense is refused when it runs. */
const daysOf: SizeOf = ({ from, to }) => {
  const days = (Date.parse(String(to)) - Date.parse(String(from))) / MS_PER_DAY + 1;
  return days > 0 ? days : 1;
};

/** How long a list is, where that can be known before it is read: so many times its fields are paid for. */
const SIZES: Readonly<Record<string, number | SizeOf>> = {
  'Query.countries': firstOf(COUNTRIES),
  // Their size is that of the connection, which has been paid for.
  'CountryConnection.nodes': 1,
  'CountryConnection.edges': 1,
  'Query.countryStats': COUNTRIES,
  'Query.languages': LANGUAGES,
  'Query.currencies': ({ codes }) => (Array.isArray(codes) ? codes.length : CURRENCIES),
  'Query.convert': ({ to }) => (Array.isArray(to) ? to.length : 1),
  'Query.refreshes': firstOf(100),
  'Country.currencies': 2,
  'Country.languages': 3,
  'Country.nativeNames': 2,
  // English has 91, most have one; a country's languages are more often those that have many.
  'Language.countries': 30,
  'Country.borders': 5,
  // The euro has 36, most have one.
  'Currency.countries': 5,
  'Currency.history': daysOf,
  'Refresh.phases': 6,
  'Refresh.sources': 3,
  'Status.sources': 3,
  'Refresh.warnings': 50,
  // Of this schema, on average.
  '__Schema.types': 80,
  '__Schema.directives': 6,
  '__Type.fields': 5,
  '__Type.inputFields': 1,
  '__Type.enumValues': 2,
  '__Type.interfaces': 0.1,
  '__Type.possibleTypes': 0.1,
  '__Field.args': 0.5,
  '__Directive.args': 1,
};

/** The names of the fields whose size is told by their arguments. */
const SIZED_BY_ARGUMENTS: ReadonlySet<string> = new Set(
  Object.entries(SIZES)
    .filter(([, size]) => typeof size === 'function')
    .map(([field]) => field.slice(field.indexOf('.') + 1)),
);

/** Of a list that nobody has thought of. */
const UNKNOWN_SIZE = 20;

/** Fields that are no list have size 1. */
function listSize(field: string, isList: boolean, args: Record<string, unknown>): number {
  const size = SIZES[field] ?? (isList ? UNKNOWN_SIZE : 1);
  return typeof size === 'function' ? size(args) : size;
}

/** Whether the cost of a document depends on the variables that come with it: most do not, and are counted once. */
function variablesMatter(document: DocumentNode): boolean {
  let matter = false;
  visit(document, {
    // A part of the query may be left out.
    Directive: (node) => decide(node),
    Field: (node) =>
      SIZED_BY_ARGUMENTS.has(node.name.value) ? decide(...(node.arguments ?? [])) : undefined,
  });
  function decide(...nodes: ASTNode[]): typeof BREAK | undefined {
    matter ||= nodes.some(hasVariable);
    return matter ? BREAK : undefined;
  }
  return matter;
}

function hasVariable(node: ASTNode): boolean {
  let has = false;
  visit(node, {
    [Kind.VARIABLE]: () => {
      has = true;
      return BREAK;
    },
  });
  return has;
}
