import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { CountryCodeScalar, DateScalar, DateTimeScalar } from '../scalars.js';
import { Figures, PhaseName, PhaseState, RefreshState } from './phases.js';

registerEnumType(RefreshState, {
  name: 'RefreshState',
  description: 'How far a refresh has come.',
  valuesConfig: {
    RUNNING: { description: 'Nothing has been written yet.' },
    SUCCEEDED: { description: 'Everything was written, or would have been in a dry run.' },
    FAILED: { description: 'Nothing was written.' },
    CANCELLED: { description: 'It was stopped before anything was written.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that was skipped without failing the refresh.' })
export class RefreshWarning {
  @Field(() => String, { description: 'Such as COUNTRY_REJECTED, COUNTRY_MISSING, CURRENCY_DROPPED, RATE_REJECTED.' })
  code!: string;

  @Field(() => String, { nullable: true, description: 'The country concerned, as the source names it.' })
  country!: string | null;

  @Field(() => String, { nullable: true, description: 'The currency concerned, as the source names it.' })
  currency!: string | null;

  @Field(() => String, { description: 'For people, in English.' })
  message!: string;
}

@ObjectType({ simpleResolvers: true, description: 'In how many countries a refresh changed a field.' })
export class FieldChange {
  @Field(() => String, { description: 'As in `Country`, such as `population`.' })
  field!: string;

  @Field(() => Int, { description: 'In how many countries.' })
  countries!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Why a refresh failed.' })
export class RefreshFailure {
  @Field(() => String, { description: 'As in `extensions.code` of errors.' })
  code!: string;

  @Field(() => String, { description: 'For people, in English.' })
  message!: string;

  @Field(() => String, { nullable: true, description: 'Which source failed and why.' })
  details!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The report of a refresh. It does not change after its end.' })
export class Refresh {
  @Field(() => ID, { description: 'A UUID.' })
  id!: string;

  @Field(() => RefreshState, { description: 'How far it has come.' })
  state!: RefreshState;

  @Field(() => Boolean, { description: 'True when nothing is written: the counts say what would have been.' })
  dryRun!: boolean;

  @Field(() => Boolean, { description: 'True when the caller joined a refresh that was already running.' })
  joined!: boolean;

  @Field(() => String, {
    description: 'The name of an ADMIN_TOKEN, `local` without one, `start`, `schedule` or `command line`.',
  })
  startedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When the requests to the sources were sent.' })
  startedAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the transaction with all data was sent, or the refresh failed. Null while it is running.',
  })
  finishedAt!: string | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds from startedAt to finishedAt.' })
  durationMs!: number | null;

  @Field(() => Float, { description: '0 to 1.' })
  progress!: number;

  @Field(() => [RefreshPhase], { description: 'In this order. DRAW follows the end of the refresh.' })
  phases!: RefreshPhase[];

  @Field(() => Int, { description: 'Countries that the source sent.' })
  received!: number;

  @Field(() => Int, { description: 'Countries that were not stored before.' })
  inserted!: number;

  @Field(() => Int, { description: 'Countries that changed.' })
  updated!: number;

  @Field(() => Int, { description: 'Countries of which only the time of the refresh changed.' })
  unchanged!: number;

  @Field(() => Int, { description: 'Countries that the source sent but that were invalid: see warnings.' })
  rejected!: number;

  @Field(() => Int, { description: 'Stored countries that the source did not send; they were kept.' })
  missing!: number;

  @Field(() => Int, { description: 'Countries that the source sent but that were deleted permanently.' })
  excluded!: number;

  @Field(() => [CountryCodeScalar], { description: 'Those that `inserted` counts.' })
  insertedCodes!: string[];

  @Field(() => [CountryCodeScalar], { description: 'Those that `missing` counts.' })
  missingCodes!: string[];

  @Field(() => [FieldChange], { description: 'What changed in the countries that `updated` counts.' })
  fields!: FieldChange[];

  @Field(() => [SourceUse], { description: 'Where the figures came from. Empty until they are merged.' })
  sources!: SourceUse[];

  @Field(() => [RefreshWarning], { description: 'What was skipped.' })
  warnings!: RefreshWarning[];

  @Field(() => RefreshFailure, { nullable: true, description: 'Null unless state is FAILED or CANCELLED.' })
  failure!: RefreshFailure | null;
}

@InputType({ description: 'How a refresh is run.' })
export class RefreshCountriesInput {
  @Field(() => Boolean, { defaultValue: true, description: 'False: answer as soon as it is running.' })
  wait!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'True: do everything but write.' })
  dryRun!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'True: fetch again what is still fresh.' })
  force!: boolean;
}

registerEnumType(PhaseName, {
  name: 'RefreshPhaseName',
  description: 'The three fetches run in parallel; the picture is drawn after the data are stored.',
  valuesConfig: {
    FETCH_COUNTRIES: { description: 'Fetching the countries.' },
    FETCH_RATES: { description: 'Fetching the exchange rates.' },
    FETCH_GDP: { description: 'Fetching the GDP figures.' },
    MERGE: { description: 'Combining the responses with what is stored.' },
    STORE: { description: 'Writing, in one transaction.' },
    DRAW: { description: 'Drawing the summary picture.' },
  },
});

registerEnumType(PhaseState, {
  name: 'RefreshPhaseState',
  description: 'How far a phase of a refresh has come.',
  valuesConfig: {
    WAITING: { description: 'Not started.' },
    RUNNING: { description: 'Started.' },
    DONE: { description: 'Succeeded.' },
    FAILED: { description: 'Failed.' },
    SKIPPED: { description: 'There was nothing to do: a dry run stores and draws nothing.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'One phase of a refresh.' })
export class RefreshPhase {
  @Field(() => PhaseName, { description: 'Which phase.' })
  name!: PhaseName;

  @Field(() => PhaseState, { description: 'How far it has come.' })
  state!: PhaseState;

  @Field(() => Int, { nullable: true, description: 'Milliseconds. Null until it has ended.' })
  durationMs!: number | null;

  @Field(() => Int, { description: 'Records fetched or statements executed so far.' })
  done!: number;

  @Field(() => Int, { nullable: true, description: 'Out of how many. Null until that is known.' })
  total!: number | null;
}

registerEnumType(Figures, {
  name: 'Figures',
  description: 'What a source provides.',
  valuesConfig: {
    COUNTRIES: { description: 'Countries, with population, area, capitals and currencies.' },
    RATES: { description: 'Exchange rates.' },
    GDP: { description: 'GDP per capita.' },
    REFERENCE: { description: 'Languages, borders, calling codes, names: not part of a refresh.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Where figures came from, as a citation needs it.' })
export class SourceUse {
  @Field(() => Figures, { description: 'What it provides.' })
  provides!: Figures;

  @Field(() => String, { description: 'Its name in the settings.' })
  source!: string;

  @Field(() => String, { description: 'The requested URL without secrets.' })
  url!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The day of the observation or of the edition. Null when the source does not say.',
  })
  observedAt!: string | null;

  @Field(() => String, { description: 'SPDX identifier where there is one.' })
  licence!: string;

  @Field(() => String, { description: 'Show this where the figures are shown.' })
  attribution!: string;

  @Field(() => Boolean, { description: 'True when it is the data set that comes with the server.' })
  bundled!: boolean;

  @Field(() => Boolean, {
    description: 'True when the figures are those of an earlier refresh: nothing newer, or the source failed.',
  })
  reused!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What is served and how fresh it is.' })
export class Status {
  @Field(() => Int, { description: 'How many countries are stored.' })
  totalCountries!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null before the first refresh.' })
  lastRefreshedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When this server refreshes next by its schedule. Null without REFRESH_SCHEDULE.',
  })
  nextRefreshAt!: string | null;

  @Field(() => Boolean, {
    description: 'True before the first refresh, with bundled data, and a day after the last refresh.',
  })
  stale!: boolean;

  @Field(() => Boolean, { description: 'True while the bundled data set is served.' })
  bundled!: boolean;

  @Field(() => Refresh, { nullable: true, description: 'The running refresh, if there is one.' })
  running!: Refresh | null;

  @Field(() => [SourceUse], { description: 'Where the figures that are served came from.' })
  sources!: SourceUse[];

  @Field(() => String, {
    nullable: true,
    description: 'The path of the picture on this server, 1200 x 630 PNG. Null before the first refresh.',
  })
  summaryImageUrl!: string | null;

  @Field(() => String, { description: 'The version of the server.' })
  version!: string;
}
