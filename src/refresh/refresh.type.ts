import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { CountryCodeScalar, DateScalar, DateTimeScalar } from '../scalars.js';

export enum RefreshState {
  RUNNING = 'RUNNING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(RefreshState, { name: 'RefreshState' });

export enum PhaseName {
  FETCH_COUNTRIES = 'FETCH_COUNTRIES',
  FETCH_RATES = 'FETCH_RATES',
  FETCH_GDP = 'FETCH_GDP',
  MERGE = 'MERGE',
  STORE = 'STORE',
  DRAW = 'DRAW',
}
registerEnumType(PhaseName, {
  name: 'RefreshPhaseName',
  description: 'The three fetches run side by side; the picture is drawn after the data are stored.',
});

export enum PhaseState {
  WAITING = 'WAITING',
  RUNNING = 'RUNNING',
  DONE = 'DONE',
  FAILED = 'FAILED',
  SKIPPED = 'SKIPPED',
}
registerEnumType(PhaseState, { name: 'RefreshPhaseState' });

@ObjectType({ simpleResolvers: true })
export class RefreshPhase {
  @Field(() => PhaseName)
  name!: PhaseName;

  @Field(() => PhaseState)
  state!: PhaseState;

  @Field(() => Int, { nullable: true, description: 'Milliseconds. Null until it has ended.' })
  durationMs!: number | null;

  @Field(() => Int, { description: 'Records fetched or statements run so far.' })
  done!: number;

  @Field(() => Int, { nullable: true, description: 'Out of how many. Null until that is known.' })
  total!: number | null;
}

export enum Figures {
  COUNTRIES = 'COUNTRIES',
  RATES = 'RATES',
  GDP = 'GDP',
}
registerEnumType(Figures, { name: 'Figures' });

@ObjectType({ simpleResolvers: true, description: 'Where figures came from, for those who cite them.' })
export class SourceUse {
  @Field(() => Figures, { description: 'What it was asked for.' })
  provides!: Figures;

  @Field(() => String, { description: 'The name of the adapter, as in the settings.' })
  source!: string;

  @Field(() => String)
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

@ObjectType({
  simpleResolvers: true,
  description: 'Something that was passed over without failing the refresh.',
})
export class RefreshWarning {
  @Field(() => String, {
    description: 'Such as COUNTRY_REJECTED, COUNTRY_MISSING, CURRENCY_DROPPED, RATE_REJECTED.',
  })
  code!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The country as the source names it. Null when it is not about one.',
  })
  country!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The currency as the source names it. Null when it is not about one.',
  })
  currency!: string | null;

  @Field(() => String)
  message!: string;
}

@ObjectType({ simpleResolvers: true })
export class FieldChange {
  @Field(() => String, { description: 'As in `Country`, such as `population`.' })
  field!: string;

  @Field(() => Int, { description: 'In how many countries.' })
  countries!: number;
}

@ObjectType({ simpleResolvers: true })
export class RefreshFailure {
  @Field(() => String, { description: 'As in `extensions.code` of errors.' })
  code!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Which source and why. Null when there is no more to say.',
  })
  details!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'One refresh: what it did, or what it is doing.' })
export class Refresh {
  @Field(() => ID)
  id!: string;

  @Field(() => RefreshState)
  state!: RefreshState;

  @Field(() => Boolean, {
    description: 'True when nothing was to be written: the counts say what would have been.',
  })
  dryRun!: boolean;

  @Field(() => Boolean, {
    description: 'True when the caller did not start it but joined one that was running.',
  })
  joined!: boolean;

  @Field(() => DateTimeScalar)
  startedAt!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while it is running.' })
  finishedAt!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds from start to commit. Null while it is running.',
  })
  durationMs!: number | null;

  @Field(() => Float, { description: '0 to 1.' })
  progress!: number;

  @Field(() => [RefreshPhase])
  phases!: RefreshPhase[];

  @Field(() => Int, { description: 'Countries that the source sent.' })
  received!: number;

  @Field(() => Int, { description: 'Countries that were not stored before.' })
  inserted!: number;

  @Field(() => Int, { description: 'Countries of which something changed.' })
  updated!: number;

  @Field(() => Int, { description: 'Countries of which nothing but the time of the refresh changed.' })
  unchanged!: number;

  @Field(() => Int, {
    description: 'Countries that the source sent but that could not be used: see warnings.',
  })
  rejected!: number;

  @Field(() => Int, {
    description: 'Countries that are stored but that the source did not send; they were kept.',
  })
  missing!: number;

  @Field(() => Int, {
    description: 'Countries that the source sent but that were deleted permanently; they stay away.',
  })
  excluded!: number;

  @Field(() => [CountryCodeScalar], { description: 'Which countries were not stored before.' })
  insertedCodes!: string[];

  @Field(() => [CountryCodeScalar], { description: 'Which stored countries the source did not send.' })
  missingCodes!: string[];

  @Field(() => [FieldChange], { description: 'What changed in the countries that `updated` counts.' })
  fields!: FieldChange[];

  @Field(() => [SourceUse])
  sources!: SourceUse[];

  @Field(() => [RefreshWarning])
  warnings!: RefreshWarning[];

  @Field(() => RefreshFailure, { nullable: true, description: 'Null unless state is FAILED or CANCELLED.' })
  failure!: RefreshFailure | null;
}

@InputType()
export class RefreshCountriesInput {
  @Field(() => Boolean, {
    defaultValue: true,
    description: 'False: answer at once with the running refresh.',
  })
  wait!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'True: do everything but the writing.' })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True: ask the sources again for what is still fresh.',
  })
  force!: boolean;
}
