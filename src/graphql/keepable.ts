import { type DocumentNode, Kind, OperationTypeNode, parse, type SelectionSetNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** What depends on the stored data alone: not on the caller, the clock, or what the process is doing. */
export const DATA_FIELDS: ReadonlySet<string> = new Set([
  'country',
  'countries',
  'countryStats',
  'currency',
  'currencies',
  'convert',
  'language',
  'languages',
  '__schema',
  '__type',
  '__typename',
]);

/** Whether the answers to a text may be kept until the data change. Known for the texts asked last. */
export function createIsKeepable(): (query: string, operationName?: string | null) => boolean {
  const known = new LRUCache<string, boolean>({ max: 1_000 });
  return (query, operationName) => {
    const key = `${operationName ?? ''}\n${query}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = isKeepable(query, operationName);
    known.set(key, answer);
    return answer;
  };
}

function isKeepable(query: string, operationName?: string | null): boolean {
  const document = parsed(query);
  const operations = document?.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION) ?? [];
  const operation = operationName
    ? operations.find(({ name }) => name?.value === operationName)
    : operations.length === 1
      ? operations[0]
      : undefined;
  if (!document || operation?.operation !== OperationTypeNode.QUERY) return false;
  return [...rootFields(document, operation.selectionSet, new Set())].every((name) => DATA_FIELDS.has(name));
}

/** What is wrong with a text, Apollo says. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return undefined;
  }
}

function* rootFields(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  seen: Set<string>,
): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection.name.value;
    else if (selection.kind === Kind.INLINE_FRAGMENT)
      yield* rootFields(document, selection.selectionSet, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      yield* rootFields(document, fragment(document, selection.name.value), seen);
    }
  }
}

function fragment(document: DocumentNode, name: string): SelectionSetNode {
  const found = document.definitions.find(
    (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name,
  );
  return found?.kind === Kind.FRAGMENT_DEFINITION
    ? found.selectionSet
    : { kind: Kind.SELECTION_SET, selections: [] };
}
