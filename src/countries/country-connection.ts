import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { CountryFilter } from './country.args.js';
import type { CountryContext } from './country.loaders.js';
import { Country } from './country.type.js';
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

@ObjectType({ simpleResolvers: true, description: 'A country at its place in the order.' })
export class CountryEdge {
  @Field(() => String, {
    description: 'The place of this country in the order; give it as `after` or `before`.',
  })
  cursor!: string;

  @Field(() => Country, { description: 'The country itself.' })
  node!: Country;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Where this page begins and ends, and whether there is more.',
})
export class PageInfo {
  page!: CountryPage;
}

@ObjectType({ simpleResolvers: true, description: 'One page of countries (Relay cursor connection).' })
export class CountryConnection {
  @Field(() => [Country], { description: 'The countries of this page.' })
  nodes!: Country[];

  page!: CountryPage;

  @Field(() => PageInfo, { description: 'How to go on from this page.' })
  pageInfo!: PageInfo;

  /** What totalCount counts. */
  filter!: CountryFilter | null | undefined;
}
