import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar } from '../scalars.js';
import { Figures } from './figures.js';

registerEnumType(Figures, {
  name: 'Figures',
  description: 'What a source brings.',
  valuesConfig: {
    COUNTRIES: { description: 'Countries, their populations, areas, capitals and currencies.' },
    RATES: { description: 'Exchange rates.' },
    GDP: { description: 'GDP per capita.' },
    REFERENCE: {
      description:
        'What no refresh brings: languages, borders, calling codes, names in other languages and more.',
    },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Where figures came from, for those who cite them.' })
export class SourceUse {
  @Field(() => Figures, { description: 'What it was asked for.' })
  provides!: Figures;

  @Field(() => String, { description: 'The name of the adapter, as in the settings.' })
  source!: string;

  @Field(() => String, { description: 'Where it was asked, without what might be secret in the address.' })
  url!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The day of the observation or of the edition. Null when the source does not tell it.',
  })
  observedAt!: string | null;

  @Field(() => String, { description: 'SPDX identifier where there is one.' })
  licence!: string;

  @Field(() => String, { description: 'Show this where the figures are shown.' })
  attribution!: string;

  @Field(() => Boolean, {
    description: 'True when it was read from the data set that comes with the server.',
  })
  bundled!: boolean;

  @Field(() => Boolean, {
    description:
      'True when the source had nothing newer than at the refresh before, or could not be had and those figures stayed.',
  })
  reused!: boolean;
}
