import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Node } from '../node.js';
import { Figures } from '../provenance/credits.js';
import { DataLicence, DataSource } from '../provenance/provenance.type.js';
import { CountryCodeScalar, DateScalar, DateTimeScalar, nullable } from '../scalars.js';
import { PhaseName, PhaseState, RefreshState } from './phases.js';

registerEnumType(RefreshState, {
  name: 'RefreshState',
  description: 'How far a refresh has come.',
  valuesConfig: {
    RUNNING: { description: 'Nothing has been written yet.' },
    SUCCEEDED: { description: 'Everything was written, or would have been in a dry run.' },
    FAILED: { description: 'Nothing was written.' },
    CANCELLED: { description: 'Stopped before its commit; nothing was written.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something that was skipped without failing the refresh.' })
export class RefreshWarning {
  @Field(() => String, {
    description: 'Such as COUNTRY_REJECTED, FIELD_REJECTED, RATE_HELD_BACK, RATES_INVERTED, FIGURES_SHIFTED.',
  })
  code!: string;

  @Field(() => String, nullable('The country as the source names it. Null when it is not about one.'))
  country!: string | null;

  @Field(() => String, nullable('The currency as the source names it. Null when it is not about one.'))
  currency!: string | null;

  @Field(() => String, { description: 'For people, in English.' })
  message!: string;
}

@ObjectType({ simpleResolvers: true, description: 'In how many countries a refresh changed a fact.' })
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

  @Field(() => String, nullable('Which source and why. Null when there is no more to say.'))
  details!: string | null;
}

@ObjectType({ simpleResolvers: true, implements: Node, description: 'One refresh: what it did, or what it is doing.' })
export class Refresh {
  @Field(() => ID, { description: 'A UUID, given when it starts.' })
  id!: string;

  @Field(() => RefreshState, { description: 'How far it has come.' })
  state!: RefreshState;

  @Field(() => Boolean, { description: 'True when nothing is written: the counts say what would have been.' })
  dryRun!: boolean;

  @Field(() => Boolean, { description: 'True when the caller did not start it but joined one that was running.' })
  joined!: boolean;

  startedBy!: string;

  @Field(() => DateTimeScalar, { description: 'When the requests to the sources were sent.' })
  startedAt!: string;

  @Field(() => DateTimeScalar, nullable('Null while it is running.'))
  finishedAt!: string | null;

  @Field(() => Int, nullable('Milliseconds from start to commit. Null while it is running.'))
  durationMs!: number | null;

  @Field(() => Float, { description: '0 to 1.' })
  progress!: number;

  @Field(() => [RefreshPhase], { description: 'Its parts, in order.' })
  phases!: RefreshPhase[];

  @Field(() => Int, { description: 'Countries that the source sent.' })
  received!: number;

  @Field(() => Int, { description: 'Countries that were not stored before.' })
  inserted!: number;

  @Field(() => Int, { description: 'Countries in which something changed.' })
  updated!: number;

  @Field(() => Int, { description: 'Countries in which only the time of the refresh changed.' })
  unchanged!: number;

  @Field(() => Int, { description: 'Countries that the source sent but that could not be used: see warnings.' })
  rejected!: number;

  @Field(() => Int, { description: 'Countries that are stored but that the source did not send; they were kept.' })
  missing!: number;

  @Field(() => Int, {
    description: 'Countries that the source sent but that were deleted permanently; they are not stored.',
  })
  excluded!: number;

  @Field(() => [CountryCodeScalar], { description: 'Which countries were not stored before.' })
  insertedCodes!: string[];

  @Field(() => [CountryCodeScalar], { description: 'Which stored countries the source did not send.' })
  missingCodes!: string[];

  @Field(() => [FieldChange], { description: 'What changed in the countries that `updated` counts.' })
  fields!: FieldChange[];

  @Field(() => [SourceUse], {
    description: 'What each source sent; empty until that is merged. See status.sources for what is served.',
  })
  sources!: SourceUse[];

  @Field(() => [RefreshWarning], { description: 'What was skipped.' })
  warnings!: RefreshWarning[];

  /** The refresh that took over after the process of this one died: callers that waited for this one wait for that. */
  takenOverBy?: string;

  @Field(() => RefreshFailure, nullable('Null unless state is FAILED or CANCELLED.'))
  failure!: RefreshFailure | null;
}

@InputType({ description: 'How a refresh is run.' })
export class RefreshCountriesInput {
  @Field(() => Boolean, { defaultValue: true, description: 'False: answer at once with the running refresh.' })
  wait!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'True: do everything except writing.' })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True: ask the sources again for what is still fresh, and accept figures that have moved together.',
  })
  force!: boolean;
}

registerEnumType(PhaseName, {
  name: 'RefreshPhaseName',
  description: 'The three fetches run side by side; the picture is drawn after the data are stored.',
  valuesConfig: {
    FETCH_COUNTRIES: { description: 'Asking the source of countries.' },
    FETCH_RATES: { description: 'Asking the source of exchange rates.' },
    FETCH_GDP: { description: 'Asking the source of GDP figures.' },
    MERGE: { description: 'Combining the answers with what is stored.' },
    STORE: { description: 'Writing, in one transaction.' },
    DRAW: { description: 'Drawing the summary picture.' },
  },
});

registerEnumType(PhaseState, {
  name: 'RefreshPhaseState',
  description: 'How far a phase of a refresh has come.',
  valuesConfig: {
    WAITING: { description: 'It has not begun.' },
    RUNNING: { description: 'It has begun but not ended.' },
    DONE: { description: 'It has succeeded.' },
    FAILED: { description: 'It has failed.' },
    SKIPPED: { description: 'There was nothing to do, as when a dry run stores nothing.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'One part of a refresh.' })
export class RefreshPhase {
  @Field(() => PhaseName, { description: 'Which part.' })
  name!: PhaseName;

  @Field(() => PhaseState, { description: 'How far it has come.' })
  state!: PhaseState;

  @Field(() => Int, nullable('Milliseconds. Null until it has ended.'))
  durationMs!: number | null;

  @Field(() => Int, { description: 'Records fetched or statements run so far.' })
  done!: number;

  @Field(() => Int, nullable('Out of how many. Null until that is known.'))
  total!: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'What a refresh took from a source.' })
export class SourceUse {
  @Field(() => Figures, { description: 'What was requested from it.' })
  provides!: Figures;

  @Field(() => String, { description: 'The name of the adapter, as in the settings.' })
  source!: string;

  @Field(() => String, {
    description: 'The URL requested; for one from the settings only its origin, because the rest might be secret.',
  })
  url!: string;

  @Field(() => DateScalar, nullable('The day of the observation or of the edition. Null when the source does not say.'))
  observedAt!: string | null;

  @Field(() => String, { description: 'SPDX identifier; `LicenseRef-...` for terms that have none.' })
  licence!: string;

  @Field(() => String, { description: 'Show this where the figures are shown.' })
  attribution!: string;

  @Field(() => Boolean, { description: 'True when it was read from the data set that comes with the server.' })
  bundled!: boolean;

  @Field(() => Boolean, {
    description:
      'True when the source had nothing newer since the previous refresh, or failed and its earlier figures were kept.',
  })
  reused!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What is served and how fresh it is.' })
export class Status {
  @Field(() => Int, { description: 'How many countries are stored.' })
  totalCountries!: number;

  @Field(() => DateTimeScalar, nullable('Null before the first refresh.'))
  lastRefreshedAt!: string | null;

  @Field(() => DateTimeScalar, nullable('When this server next refreshes on its own. Null without REFRESH_SCHEDULE.'))
  nextRefreshAt!: string | null;

  @Field(() => Boolean, {
    description:
      'True before the first refresh, while the bundled data set is served, when the last refresh is a day old or seems ' +
      'to be in the future, and while the database does not answer and the last known data are served.',
  })
  stale!: boolean;

  @Field(() => Boolean, {
    description: 'True while most countries or most of the latest rates come from the bundled data set.',
  })
  bundled!: boolean;

  @Field(() => Refresh, nullable('Null while none is running.'))
  running!: Refresh | null;

  @Field(() => [DataSource], { description: 'The sources of the figures that are served, each with its terms.' })
  sources!: DataSource[];

  @Field(() => DataLicence, nullable('The licence of all of them as one database. Null before the first refresh.'))
  licence!: DataLicence | null;

  @Field(() => String, nullable('The path of the picture, a 1200 x 630 PNG. Null before the first refresh.'))
  summaryImageUrl!: string | null;

  @Field(() => String, { description: 'The version of the server.' })
  version!: string;
}
