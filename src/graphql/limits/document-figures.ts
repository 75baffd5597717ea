import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { measureLiteral } from './input-figures.js';

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
