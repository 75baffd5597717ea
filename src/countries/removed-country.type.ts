import { Field, ObjectType } from 'type-graphql';
import { CountryCodeScalar, DateTimeScalar } from '../scalars.js';

@ObjectType({ simpleResolvers: true, description: 'A country that was deleted permanently.' })
export class RemovedCountry {
  @Field(() => CountryCodeScalar, { description: 'ISO 3166-1 alpha-2.' })
  code!: string;

  @Field(() => String, { description: 'In English, as it was when it was deleted.' })
  name!: string;

  @Field(() => DateTimeScalar, { description: 'When it was deleted.' })
  removedAt!: string;
}
