import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateScalar, nullable } from '../scalars.js';
import { Figures } from './credits.js';

registerEnumType(Figures, {
  name: 'Figures',
  description: 'What a source provides.',
  valuesConfig: {
    COUNTRIES: { description: 'Countries, their populations, areas, capitals and currencies.' },
    RATES: { description: 'Exchange rates.' },
    GDP: { description: 'GDP per capita.' },
    REFERENCE: {
      description: 'What no refresh fetches: languages, borders, calling codes, names in other languages and more.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'A source of figures that are served, and its terms: show the attribution where the figures are shown.',
})
export class DataSource {
  @Field(() => String, { description: 'As in the settings COUNTRIES_SOURCE and RATES_SOURCE, or `world-bank`.' })
  name!: string;

  @Field(() => Figures, { description: 'What it provides.' })
  figures!: Figures;

  @Field(() => Boolean, { description: 'True for what was read from the data set that comes with the server.' })
  bundled!: boolean;

  @Field(() => Int, {
    description:
      'How many of its countries, latest exchange rates or GDP figures are served now; 0 for a source of past rates ' +
      'only.',
  })
  count!: number;

  @Field(
    () => DateScalar,
    nullable(
      'The day of the oldest of them: for rates that of the observation, for countries that of the edition of the ' +
        'source, for GDP the first day of its year. Null when the source does not say.',
    ),
  )
  observedFrom!: string | null;

  @Field(
    () => DateScalar,
    nullable('The day of the newest of them; for GDP the last day of its year. Null when observedFrom is.'),
  )
  observedTo!: string | null;

  @Field(() => String, {
    description: 'SPDX identifier; `LicenseRef-...` for terms that have none, NOASSERTION if unknown.',
  })
  licence!: string;

  @Field(() => String, nullable('Where the licence or the terms can be read. Null if unknown.'))
  licenceUrl!: string | null;

  @Field(() => String, { description: 'Show this where the figures are shown.' })
  attribution!: string;

  @Field(() => Boolean, { description: 'True when databases derived from it must stay under the ODbL 1.0.' })
  shareAlike!: boolean;

  @Field(() => Boolean, { description: 'False when its figures may be used but not redistributed.' })
  redistributable!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The terms of the figures of all sources together, as one database; each source also has its own.',
})
export class DataLicence {
  @Field(() => String, { description: 'SPDX identifier.' })
  id!: string;

  @Field(() => String, { description: 'The URL of its text.' })
  url!: string;

  @Field(() => Boolean, { description: 'False while they include figures that may be used but not redistributed.' })
  redistributable!: boolean;

  @Field(() => String, { description: 'The notice to show with the data.' })
  notice!: string;
}
