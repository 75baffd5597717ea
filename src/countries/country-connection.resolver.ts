import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { CountryFilter } from './country.args.js';
import type { CountryContext } from './country.loaders.js';
import { CountryConnection, CountryEdge, PageInfo } from './country-connection.type.js';
import type { CountryPage } from './country-pages.js';

@Resolver(() => CountryConnection)
export class CountryConnectionResolver {
  @FieldResolver(() => [CountryEdge], { description: 'The countries of this page, each with its cursor.' })
  edges(@Root() { nodes, page }: CountryConnection): CountryEdge[] {
    return nodes.map((node) => ({
      node,
      // What sorts it was read only if somebody asks for this.
      get cursor() {
        return page.cursorOf(node);
      },
    }));
  }

  @FieldResolver(() => Int, {
    description: 'How many match the filter, on all pages together. Counted only when it is asked for.',
  })
  totalCount(@Root() { filter }: CountryConnection, @Ctx() { countries }: CountryContext): Promise<number> {
    return countries.count(filter);
  }
}

@Resolver(() => PageInfo)
export class PageInfoResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Give it as `before` for the page in front of this one. Null when this page is empty.',
  })
  startCursor(@Root() { page }: PageInfo): string | null {
    return cursorAt(page, 0);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Give it as `after` for the next page. Null when this page is empty.',
  })
  endCursor(@Root() { page }: PageInfo): string | null {
    return cursorAt(page, -1);
  }

  @FieldResolver(() => Boolean, { description: 'Whether countries follow this page.' })
  hasNextPage(@Root() { page }: PageInfo): Promise<boolean> {
    return page.hasNextPage();
  }

  @FieldResolver(() => Boolean, { description: 'Whether countries stand before this page.' })
  hasPreviousPage(@Root() { page }: PageInfo): Promise<boolean> {
    return page.hasPreviousPage();
  }
}

function cursorAt({ countries, cursorOf }: CountryPage, index: number): string | null {
  const country = countries.at(index);
  return country ? cursorOf(country) : null;
}

export function toConnection(page: CountryPage, filter: CountryFilter | null | undefined): CountryConnection {
  return { nodes: page.countries, page, filter, pageInfo: { page } };
}
