import { Field, ObjectType } from 'type-graphql';
import type { CountryFilter } from './country.args.js';
import { Country } from './country.type.js';
import type { CountryPage } from './country-pages.js';

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
