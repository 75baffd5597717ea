import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { findLanguage } from '../countries/reference.js';
import { BadUserInputError } from '../errors.js';
import { Node, type NodeType, nodeType } from '../node.js';
import { nullable } from '../scalars.js';
import type { RequestContext } from './context.js';

const MAX_IDS = 100;

@Resolver(() => Node)
export class NodeResolver {
  @Query(() => Node, nullable('A country, currency, language or refresh by its id. Null when unknown.'))
  node(
    @Arg('id', () => ID, { description: 'Such as `CH`, `CHF` or `de`, in exactly this case.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Node | null> {
    return findNode(id, context);
  }

  @Query(() => [Node], { nullable: 'items', description: 'One entry for each id, in their order: null when unknown.' })
  nodes(
    @Arg('ids', () => [ID], { description: `At most ${MAX_IDS}.` }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<(Node | null)[]> {
    if (ids.length > MAX_IDS) throw new BadUserInputError(`ids may hold at most ${MAX_IDS}`);
    return Promise.all(ids.map((id) => findNode(id, context)));
  }
}

type Find = (id: string, context: RequestContext) => Node | null | Promise<Node | null>;

const FIND: Record<NodeType, Find> = {
  Country: (code, { countries }) => countries.find({ code }),
  Currency: (code, { currencies }) => currencies.find(code),
  // A look-up by code also takes `deu`; an id has to be that of the object.
  Language: (code) => [findLanguage(code)].find((language) => language?.id === code) ?? null,
  Refresh: (id, { refreshes, facts }) => {
    facts.isLive = true;
    return refreshes.find(id);
  },
};

async function findNode(id: string, context: RequestContext): Promise<Node | null> {
  const type = nodeType(id);
  return type ? FIND[type](id, context) : null;
}
