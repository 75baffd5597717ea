import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  type ValueNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CountedLimit, QueryLimits } from '../../config.js';

/** What fragments may come to when each is put where it is used: a guard of the measure that counts the cost. */
const MAX_SELECTIONS = 10_000;

/** Characters of the texts that are remembered, with what an entry costs beside its text. */
const MAX_REMEMBERED = 4_000_000;
const ENTRY_OVERHEAD = 200;

/**
 * Refuses documents that are too much whatever their variables are, before anybody validates them: comparing the fields
 * of a document with each other takes up to a tenth of a second. What passed is remembered.
 */
export function createDocumentCheck(limits: QueryLimits): (query: string) => void {
  const passed = new LRUCache<string, true>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: (_, query) => query.length + ENTRY_OVERHEAD,
  });
  return (query) => {
    if (passed.has(query)) return;
    const document = parsed(query, limits);
    if (document) expectSmall(document, limits);
    passed.set(query, true);
  };
}

function expectSmall(document: DocumentNode, limits: QueryLimits): void {
  for (const { depth, aliases, directives, duplicates, selections } of measureDocument(document)) {
    expectWithin(limits, 'QUERY_MAX_DEPTH', depth);
    expectWithin(limits, 'QUERY_MAX_ALIASES', aliases);
    expectWithin(limits, 'QUERY_MAX_DIRECTIVES', directives);
    expectWithin(limits, 'QUERY_MAX_DUPLICATES', duplicates);
    if (selections > MAX_SELECTIONS) {
      throw tooComplex(
        `With its fragments the query has ${selections} selections; ${MAX_SELECTIONS} are allowed`,
        {
          limit: 'selections',
          allowed: MAX_SELECTIONS,
          actual: selections,
        },
      );
    }
  }
}

/** Undefined when it is no GraphQL: whoever runs it says what is wrong with it. */
function parsed(query: string, limits: QueryLimits): DocumentNode | undefined {
  try {
    return parse(query, { maxTokens: limits.QUERY_MAX_TOKENS, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    expectWithin(limits, 'QUERY_MAX_TOKENS', countTokens(query, limits.QUERY_MAX_TOKENS * 10));
    return undefined;
  }
}

/** Stops at `enough`, and where the text is no GraphQL. */
function countTokens(query: string, enough: number): number {
  const lexer = new Lexer(new Source(query));
  let count = 0;
  try {
    while (count < enough && lexer.advance().kind !== TokenKind.EOF) count += 1;
  } catch {}
  return count;
}

/** What can be told of an operation without its variables. */
export interface DocumentFigures {
  depth: number;
  aliases: number;
  directives: number;
  /** Selections that stand in the same place more than once; each pair of them has to be compared. */
  duplicates: number;
  inputs: number;
  inputDepth: number;
  /** Fields and fragments, with those of fragments counted wherever they are used. */
  selections: number;
}

/** The figures of each operation of a document. */
export function measureDocument({ definitions }: DocumentNode): DocumentFigures[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const measure = measuring(fragments);
  return operations.map(({ selectionSet, directives = [] }) => {
    const figures = measure(selectionSet);
    return { ...figures, directives: figures.directives + directives.length };
  });
}

const NOTHING: DocumentFigures = {
  depth: 0,
  aliases: 0,
  directives: 0,
  duplicates: 0,
  inputs: 0,
  inputDepth: 0,
  selections: 0,
};

/** Each fragment is measured once: fragments that use each other a million times cost no more than they are long. */
function measuring(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const known = new Map<string, DocumentFigures>();

  const ofSelections = (set: SelectionSetNode | undefined): DocumentFigures => {
    const nodes = set?.selections ?? [];
    const duplicates = nodes.length - new Set(nodes.map(placeOf)).size;
    return nodes.map(ofSelection).reduce(together, { ...NOTHING, duplicates });
  };

  const ofSelection = (node: SelectionNode): DocumentFigures => {
    const within =
      node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : ofSelections(node.selectionSet);
    const depth = within.depth + (node.kind === Kind.FIELD ? 1 : 0);
    return { ...together(within, ofItself(node)), depth };
  };

  const ofFragment = (name: string): DocumentFigures => {
    const seen = known.get(name);
    if (seen) return seen;
    // Within itself a fragment counts for nothing: such a document is no GraphQL, and validation says so.
    known.set(name, NOTHING);
    const figures = ofSelections(fragments.get(name)?.selectionSet);
    known.set(name, figures);
    return figures;
  };

  return ofSelections;
}

function placeOf(node: SelectionNode): string {
  if (node.kind === Kind.FIELD) return (node.alias ?? node.name).value;
  return `...${node.kind === Kind.FRAGMENT_SPREAD ? node.name.value : `on ${node.typeCondition?.name.value}`}`;
}

function ofItself(node: SelectionNode): DocumentFigures {
  const directives = node.directives ?? [];
  const given = node.kind === Kind.FIELD ? [node, ...directives] : directives;
  const inputs = given.flatMap((it) => it.arguments ?? []).map(({ value }) => measureLiteral(value));
  return {
    depth: 0,
    aliases: node.kind === Kind.FIELD && node.alias ? 1 : 0,
    directives: directives.length,
    duplicates: 0,
    inputs: inputs.reduce((total, { inputs }) => total + inputs, 0),
    inputDepth: inputs.reduce((most, { inputDepth }) => Math.max(most, inputDepth), 0),
    selections: 1,
  };
}

function together(a: DocumentFigures, b: DocumentFigures): DocumentFigures {
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

export interface InputFigures {
  /** Values, with lists and objects counted as one beside what is in them. */
  inputs: number;
  /** Levels of lists and objects. */
  inputDepth: number;
}

function measureLiteral(value: ValueNode): InputFigures {
  if (value.kind === Kind.LIST) return around(value.values.map(measureLiteral));
  if (value.kind === Kind.OBJECT) return around(value.fields.map((field) => measureLiteral(field.value)));
  return { inputs: 1, inputDepth: 0 };
}

/** Stops counting behind `enough`: a body may hold a hundred thousand values, or levels. */
export function measureJson(root: unknown, enough: number): InputFigures {
  const left: { value: unknown; level: number }[] = [{ value: root, level: 0 }];
  const figures = { inputs: 0, inputDepth: 0 };
  for (let next = left.pop(); next && figures.inputs <= enough; next = left.pop()) {
    figures.inputs += 1;
    if (typeof next.value !== 'object' || next.value === null) continue;
    const level = next.level + 1;
    figures.inputDepth = Math.max(figures.inputDepth, level);
    for (const value of Object.values(next.value)) left.push({ value, level });
  }
  return figures;
}

function around(children: InputFigures[]): InputFigures {
  return {
    inputs: children.reduce((total, { inputs }) => total + inputs, 1),
    inputDepth: 1 + children.reduce((most, { inputDepth }) => Math.max(most, inputDepth), 0),
  };
}

const WHAT: Record<CountedLimit, string> = {
  QUERY_MAX_TOKENS: 'tokens',
  QUERY_MAX_DEPTH: 'levels of fields',
  QUERY_MAX_ALIASES: 'aliases',
  QUERY_MAX_DIRECTIVES: 'directives',
  QUERY_MAX_DUPLICATES: 'fields and fragments that stand in one place more than once',
  QUERY_MAX_COST: 'fields in its answer, by the sizes of its lists',
  QUERY_MAX_INPUTS: 'values in its arguments and variables',
  QUERY_MAX_INPUT_DEPTH: 'levels of lists and objects in its arguments and variables',
};

/** Throws QUERY_TOO_COMPLEX, which names the limit and the figure of the query. */
export function expectWithin(limits: QueryLimits, limit: CountedLimit, actual: number): void {
  const allowed = limits[limit];
  if (actual <= allowed) return;
  throw tooComplex(`The query has ${actual} ${WHAT[limit]}; ${limit} is ${allowed}`, {
    limit,
    allowed,
    actual,
  });
}

export function tooComplex(message: string, figures: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 }, ...figures },
  });
}
