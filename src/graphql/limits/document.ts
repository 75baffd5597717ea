import {
  type DocumentNode,
  GraphQLError,
  Kind,
  Lexer,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  valueFromASTUntyped,
} from 'graphql';
import type { CountedLimit, QueryLimits } from '../../config.js';

/** Selections with those of fragments counted wherever they are spread: the count of the cost takes as long. */
const MAX_SELECTIONS = 10_000;

/**
 * Refuses documents that are over a limit whatever their variables are, before they are validated. Undefined for a text
 * that is not GraphQL, which Apollo reports.
 */
export function parseWithinLimits(query: string, limits: QueryLimits): DocumentNode | undefined {
  const document = parsed(query, limits);
  for (const { depth, aliases, directives, duplicates, selections } of measureDocument(document)) {
    expectWithin(limits, 'QUERY_MAX_DEPTH', depth);
    expectWithin(limits, 'QUERY_MAX_ALIASES', aliases);
    expectWithin(limits, 'QUERY_MAX_DIRECTIVES', directives);
    expectWithin(limits, 'QUERY_MAX_DUPLICATES', duplicates);
    if (selections <= MAX_SELECTIONS) continue;
    const message = `With its fragments the query has ${selections} selections; ${MAX_SELECTIONS} are allowed`;
    throw tooComplex(message, { limit: 'selections', allowed: MAX_SELECTIONS, actual: selections });
  }
  return document;
}

function parsed(query: string, limits: QueryLimits): DocumentNode | undefined {
  try {
    return parse(query, { maxTokens: limits.QUERY_MAX_TOKENS, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    expectWithin(limits, 'QUERY_MAX_TOKENS', countTokens(query, limits.QUERY_MAX_TOKENS * 10));
    return undefined;
  }
}

/** Stops at `enough`, and at the first character that is not GraphQL. */
function countTokens(query: string, enough: number): number {
  const lexer = new Lexer(new Source(query));
  let count = 0;
  try {
    while (count < enough && lexer.advance().kind !== TokenKind.EOF) count += 1;
  } catch {}
  return count;
}

/** What is known of an operation without its variables. */
export interface DocumentFigures extends InputFigures {
  depth: number;
  aliases: number;
  directives: number;
  /** Selections that stand in the same place more than once; each pair of them has to be compared. */
  duplicates: number;
  /** Fields and fragments, with those of fragments counted wherever they are spread. */
  selections: number;
}

export interface InputFigures {
  /** Values; lists and objects count only when they are empty. */
  inputs: number;
  /** Levels of lists and objects. */
  inputDepth: number;
}

const NONE = { depth: 0, aliases: 0, directives: 0, duplicates: 0, inputs: 0, inputDepth: 0, selections: 0 };

/** The figures of each operation of a document. */
export function measureDocument(document: DocumentNode | undefined): DocumentFigures[] {
  const definitions = document?.definitions ?? [];
  const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const measure = measuring(new Map(fragments.map(({ name, selectionSet }) => [name.value, selectionSet])));
  return definitions
    .filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    .map(({ selectionSet, directives = [] }) => {
      const figures = measure(selectionSet);
      return { ...figures, directives: figures.directives + directives.length };
    });
}

/** Measures each fragment once: fragments that use each other a million times take no longer than their text. */
function measuring(fragments: ReadonlyMap<string, SelectionSetNode>) {
  const known = new Map<string, DocumentFigures>();

  const ofSelections = ({ selections }: SelectionSetNode): DocumentFigures => {
    const duplicates = selections.length - new Set(selections.map(placeOf)).size;
    return selections.map(ofSelection).reduce(add, { ...NONE, duplicates });
  };

  const ofSelection = (node: SelectionNode): DocumentFigures => {
    const children =
      node.kind === Kind.FRAGMENT_SPREAD
        ? ofFragment(node.name.value)
        : node.selectionSet
          ? ofSelections(node.selectionSet)
          : NONE;
    const depth = children.depth + (node.kind === Kind.FIELD ? 1 : 0);
    return { ...add(children, ofNode(node)), depth };
  };

  const ofFragment = (name: string): DocumentFigures => {
    const seen = known.get(name);
    if (seen) return seen;
    // A fragment counts for nothing within itself: validation refuses such a document.
    known.set(name, NONE);
    const selections = fragments.get(name);
    const figures = selections ? ofSelections(selections) : NONE;
    known.set(name, figures);
    return figures;
  };

  return ofSelections;
}

function placeOf(node: SelectionNode): string {
  if (node.kind === Kind.FIELD) return (node.alias ?? node.name).value;
  return `...${node.kind === Kind.FRAGMENT_SPREAD ? node.name.value : `on ${node.typeCondition?.name.value}`}`;
}

/** Without its children. */
function ofNode(node: SelectionNode): DocumentFigures {
  const directives = node.directives ?? [];
  const args = [node, ...directives].flatMap((one) => ('arguments' in one ? (one.arguments ?? []) : []));
  const inputs = args.map(({ value }) => measureJson([valueFromASTUntyped(value)]));
  return {
    ...NONE,
    aliases: node.kind === Kind.FIELD && node.alias ? 1 : 0,
    directives: directives.length,
    inputs: inputs.reduce((total, { inputs }) => total + inputs, 0),
    inputDepth: Math.max(0, ...inputs.map(({ inputDepth }) => inputDepth)),
    selections: 1,
  };
}

function add(a: DocumentFigures, b: DocumentFigures): DocumentFigures {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    duplicates: a.duplicates + b.duplicates,
    inputs: a.inputs + b.inputs,
    inputDepth: Math.max(a.inputDepth, b.inputDepth),
    selections: a.selections + b.selections,
  };
}

/** Stops counting beyond `enough`: a body may hold a hundred thousand values, or levels. A variable is undefined here. */
export function measureJson(values: readonly unknown[], enough = Number.POSITIVE_INFINITY): InputFigures {
  const left = values.map((value) => ({ value, level: 0 }));
  const figures = { inputs: 0, inputDepth: 0 };
  for (let next = left.pop(); next && figures.inputs <= enough; next = left.pop()) {
    const parts = typeof next.value === 'object' ? Object.values(next.value ?? {}) : [];
    if (next.value !== undefined && parts.length === 0) figures.inputs += 1;
    if (typeof next.value !== 'object' || next.value === null) continue;
    const level = next.level + 1;
    figures.inputDepth = Math.max(figures.inputDepth, level);
    for (const value of parts) left.push({ value, level });
  }
  return figures;
}

const NOUNS: Record<CountedLimit, string> = {
  QUERY_MAX_TOKENS: 'tokens',
  QUERY_MAX_DEPTH: 'levels of fields',
  QUERY_MAX_ALIASES: 'aliases',
  QUERY_MAX_DIRECTIVES: 'directives',
  QUERY_MAX_DUPLICATES: 'fields and fragments that are selected more than once in the same place',
  QUERY_MAX_COST: 'fields in its response, by the sizes of its lists',
  QUERY_MAX_INPUTS: 'values in its arguments and variables',
  QUERY_MAX_INPUT_DEPTH: 'levels of lists and objects in its arguments and variables',
};

/** Throws QUERY_TOO_COMPLEX, which names the limit and the figure of the query. */
export function expectWithin(limits: QueryLimits, limit: CountedLimit, actual: number): void {
  const allowed = limits[limit];
  if (actual <= allowed) return;
  const message = `The query has ${actual} ${NOUNS[limit]}; ${limit} is ${allowed}`;
  throw tooComplex(message, { limit, allowed, actual });
}

export function tooComplex(message: string, figures: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 }, ...figures } });
}
