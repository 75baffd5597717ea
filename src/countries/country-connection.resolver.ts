import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { CountryFilter } from './country.args.js';
import type { CountryContext } from './country.loaders.js';
import type { CountryPage } from './country.service.js';
import { CountryConnection, CountryEdge } from './country-connection.type.js';

@Resolver(() => CountryConnection)
export class CountryConnectionResolver {
  @FieldResolver(() => [CountryEdge])
  edges(@Root() { nodes, cursorOf }: CountryConnection): CountryEdge[] {
    return nodes.map((node) => ({ cursor: cursorOf(node), node }));
  }

  @FieldResolver(() => Int, {
    description: 'How many match the filter, on all pages together. Counted only when it is asked for.',
  })
  totalCount(@Root() { filter }: CountryConnection, @Ctx() { countries }: CountryContext): Promise<number> {
    return countries.count(filter);
  }
}

export function toConnection(page: CountryPage, filter: CountryFilter | null | undefined): CountryConnection {
  const { countries, cursorOf, hasNextPage, hasPreviousPage } = page;
  const [first, last] = [countries.at(0), countries.at(-1)];
  return {
    nodes: countries,
    cursorOf,
    filter,
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    },
  };
}
