import { Field, ObjectType } from 'type-graphql';
import type { CountryFilter } from './country.args.js';
import { Country } from './country.type.js';

@ObjectType({ simpleResolvers: true })
export class CountryEdge {
  @Field(() => String, { description: 'The place of this country in the order; give it as `after`.' })
  cursor!: string;

  @Field(() => Country)
  node!: Country;
}

@ObjectType({ simpleResolvers: true, description: 'Relay cursor connections specification.' })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Null when the page is empty.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Null when the page is empty.' })
  endCursor!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One page of countries (Relay cursor connection).' })
export class CountryConnection {
  @Field(() => [Country])
  nodes!: Country[];

  cursorOf!: (country: Country) => string;

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  /** What totalCount counts. */
  filter!: CountryFilter | null | undefined;
}
