import { type ASTNode, type FieldNode, type GraphQLResolveInfo, visit } from 'graphql';
import type { AskedFields } from './country-columns.js';

const known = new WeakMap<FieldNode, AskedFields>();

/** The names of all fields within the one that is being resolved, at any depth. */
export function fieldsWithin({ fieldNodes, fragments }: GraphQLResolveInfo): AskedFields {
  const [node, ...others] = fieldNodes;
  // The same field in several places of a query is seldom, and then looked at anew.
  if (!node || others.length > 0) return namesWithin(fieldNodes, fragments);
  const names = known.get(node) ?? namesWithin([node], fragments);
  known.set(node, names);
  return names;
}

function namesWithin(nodes: readonly ASTNode[], fragments: GraphQLResolveInfo['fragments']): Set<string> {
  const names = new Set<string>();
  const spread = new Set<string>();
  const look = (node: ASTNode) =>
    void visit(node, {
      Field: ({ name }) => void names.add(name.value),
      FragmentSpread: ({ name: { value } }) => {
        if (spread.has(value)) return;
        spread.add(value);
        const fragment = fragments[value];
        if (fragment) look(fragment);
      },
    });
  nodes.forEach(look);
  return names;
}
