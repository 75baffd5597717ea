import { type ASTNode, BREAK, type DocumentNode, Kind, visit } from 'graphql';
import { SIZED_BY_ARGUMENTS } from './list-sizes.js';

/** Whether the cost of a document depends on the variables that come with it: most do not, and are counted once. */
export function variablesMatter(document: DocumentNode): boolean {
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
