import { Field, Int, ObjectType } from 'type-graphql';
import { nullable } from '../scalars.js';
import { Country } from './country.type.js';

@ObjectType({ simpleResolvers: true, description: 'A country with its cursor.' })
export class CountryEdge {
  @Field(() => String, { description: 'The position of this country in the order, for `after` and `before`.' })
  cursor!: string;

  @Field(() => Country, { description: 'The country.' })
  node!: Country;
}

@ObjectType({ simpleResolvers: true, description: 'The ends of a page, and whether there are more pages.' })
export class PageInfo {
  @Field(() => String, nullable('Use it as `before` for the previous page. Null when the page is empty.'))
  startCursor!: string | null;

  @Field(() => String, nullable('Use it as `after` for the next page. Null when the page is empty.'))
  endCursor!: string | null;

  @Field(() => Boolean, { description: 'Whether there are countries after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are countries before this page.' })
  hasPreviousPage!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'One page of countries (Relay cursor connection).' })
export class CountryConnection {
  @Field(() => [Country], { description: 'The countries of this page.' })
  nodes!: Country[];

  @Field(() => [CountryEdge], { description: 'The countries of this page, each with its cursor.' })
  edges!: CountryEdge[];

  @Field(() => PageInfo, { description: 'The ends of this page, and whether there are more pages.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many countries match the filter, on all pages together.' })
  totalCount!: number;
}
