import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  isListType,
  print,
  visit,
} from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import type { QueryLimits } from '../../config.js';
import { MS_PER_DAY } from '../../days.js';
import type { RequestFacts } from '../context.js';
import { expectWithin, type InputFigures, measureDocument, measureJson } from './document.js';

/** An operation with its variables. */
interface CostedOperation {
  document: DocumentNode;
  operationName: string | null | undefined;
  variables: Record<string, unknown> | null | undefined;
}

export type CostCheck = (operation: CostedOperation, facts: RequestFacts) => number;

/** A field of the root reads something, however small its response is. */
const ROOT_COST = 300;

/** Each id is looked up, those of refreshes in the database. */
const NODE_COST = 50;

/** What is known of a document without its variables. */
interface DocumentCost {
  inputs: InputFigures[];
  /** By the name of the operation; undefined where the costs depend on the variables. */
  costs: Map<string, number> | undefined;
}

/** Records and returns the cost of an operation; throws QUERY_TOO_COMPLEX when it exceeds a limit with these variables. */
export function createCostCheck(schema: GraphQLSchema, limits: QueryLimits): CostCheck {
  const documents = new WeakMap<DocumentNode, DocumentCost>();
  return (operation, facts) => {
    const { document } = operation;
    let known = documents.get(document);
    if (!known) {
      known = { inputs: measureDocument(document), costs: hasVariableSizes(document) ? undefined : new Map() };
      documents.set(document, known);
    }
    expectSmallInputs(known.inputs, operation.variables ?? {}, limits);
    const name = operation.operationName ?? '';
    const counted = known.costs?.get(name) ?? costOf(schema, operation);
    if (counted !== undefined) known.costs?.set(name, counted);
    const cost = counted ?? 0;
    facts.cost = cost;
    expectWithin(limits, 'QUERY_MAX_COST', cost);
    return cost;
  };
}

function expectSmallInputs(inputs: InputFigures[], variables: object, limits: QueryLimits): void {
  const given = measureJson(Object.values(variables), limits.QUERY_MAX_INPUTS);
  for (const literals of inputs) {
    expectWithin(limits, 'QUERY_MAX_INPUTS', literals.inputs + given.inputs);
    expectWithin(limits, 'QUERY_MAX_INPUT_DEPTH', Math.max(literals.inputDepth, given.inputDepth));
  }
}

/** Undefined for invalid variables, which the execution reports. */
function costOf(schema: GraphQLSchema, { document, operationName, variables }: CostedOperation): number | undefined {
  try {
    const cost = getComplexity({
      schema,
      query: document,
      estimators: [byListSize],
      // Its own guard would look like invalid variables; selections are counted before.
      maxQueryNodes: Number.POSITIVE_INFINITY,
      ...(operationName && { operationName }),
      ...(variables && { variables }),
    });
    return Math.round(cost);
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** One for each field of the response. */
const byListSize: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const name = `${type.name}.${field.name}`;
  const isList = isListType(getNullableType(field.type));
  return readingCost(name, args) + childComplexity * listSize(name, isList, args);
};

function readingCost(field: string, args: Record<string, unknown>): number {
  if (SIZES[field] === pointsOf) return daysOf(args) * DAY_COST;
  if (SIZES[field] === idsOf) return ROOT_COST + idsOf(args) * NODE_COST;
  return field.startsWith('Query.') && !field.startsWith('Query.__') ? ROOT_COST : 1;
}

type SizeOf = (args: Record<string, unknown>) => number;

const COUNTRIES = 250;
const CURRENCIES = 170;
const LANGUAGES = 153;

const firstOf =
  (all: number): SizeOf =>
  ({ first, last }) => {
    const wanted = first ?? last;
    return typeof wanted === 'number' ? Math.min(Math.max(wanted, 0), all) : all;
  };

const idsOf: SizeOf = ({ ids }) => (Array.isArray(ids) ? ids.length : 1);

/** No source has earlier rates. */
const FIRST_DAY = Date.parse('1999-01-04');

/** The days of a range that can have rates. The execution reports invalid dates. */
const daysOf: SizeOf = ({ from, to }) => {
  const now = Date.now();
  const last = typeof to === 'string' ? Math.min(Date.parse(to), now) : now;
  const days = (last - Math.max(Date.parse(String(from)), FIRST_DAY)) / MS_PER_DAY + 1;
  return days > 0 ? Math.round(days) : 1;
};

const DAYS_IN: Readonly<Record<string, number>> = { WEEK: 7, MONTH: 30, QUARTER: 91, YEAR: 365 };

const pointsOf: SizeOf = (args) => Math.ceil(daysOf(args) / (DAYS_IN[String(args.step)] ?? 1));

/** For each day that is read, even when many days make one point. */
const DAY_COST = 0.1;

/** The lengths of lists, as far as they are known before the execution. They multiply the cost of the fields inside. */
const SIZES: Readonly<Record<string, number | SizeOf>> = {
  'Query.countries': firstOf(COUNTRIES),
  // The connection counts for them.
  'CountryConnection.nodes': 1,
  'CountryConnection.edges': 1,
  'Query.searchCountries': firstOf(COUNTRIES),
  'Query.countryStats': COUNTRIES,
  'Query.languages': LANGUAGES,
  'Query.currencies': ({ codes }) => (Array.isArray(codes) ? codes.length : CURRENCIES),
  'Query.convert': ({ to }) => (Array.isArray(to) ? to.length : 1),
  'Query.nodes': idsOf,
  'Query.refreshes': firstOf(100),
  'Country.currencies': 2,
  'Country.languages': 3,
  'Country.nativeNames': 2,
  // English has 91, most have one; a country's languages are more often those that have many.
  'Language.countries': 30,
  'Country.borders': 5,
  // The euro has 36, most have one.
  'Currency.countries': 5,
  'Currency.history': pointsOf,
  'Currency.periods': pointsOf,
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

/** The names of the fields whose size depends on their arguments. */
const SIZED_BY_ARGUMENTS: ReadonlySet<string> = new Set(
  Object.entries(SIZES)
    .filter(([, size]) => typeof size === 'function')
    .map(([field]) => field.slice(field.indexOf('.') + 1)),
);

/** For a list that is not in the table. */
const UNKNOWN_SIZE = 20;

/** Fields that are not lists have size 1. */
function listSize(field: string, isList: boolean, args: Record<string, unknown>): number {
  const size = SIZES[field] ?? (isList ? UNKNOWN_SIZE : 1);
  return typeof size === 'function' ? size(args) : size;
}

/** Whether costs depend on variables: in most documents they do not, and are counted once. */
function hasVariableSizes(document: DocumentNode): boolean {
  const sizes: ASTNode[] = [];
  visit(document, {
    // It may skip a part of the query.
    Directive: (node) => void sizes.push(node),
    Field: ({ name, arguments: given = [] }) => {
      if (SIZED_BY_ARGUMENTS.has(name.value)) sizes.push(...given);
    },
  });
  return sizes.some((node) => print(node).includes('$'));
}
