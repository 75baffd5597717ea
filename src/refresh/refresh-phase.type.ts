import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PhaseName, PhaseState } from './refresh-phase.js';

registerEnumType(PhaseName, {
  name: 'RefreshPhaseName',
  description: 'The three fetches run side by side; the picture is drawn after the data are stored.',
  valuesConfig: {
    FETCH_COUNTRIES: { description: 'Asking the source of countries.' },
    FETCH_RATES: { description: 'Asking the source of exchange rates.' },
    FETCH_GDP: { description: 'Asking the source of GDP figures.' },
    MERGE: { description: 'Bringing the answers and what is stored together.' },
    STORE: { description: 'Writing, in one transaction.' },
    DRAW: { description: 'Drawing the summary picture.' },
  },
});

registerEnumType(PhaseState, {
  name: 'RefreshPhaseState',
  description: 'How far a phase of a refresh has come.',
  valuesConfig: {
    WAITING: { description: 'It has not begun.' },
    RUNNING: { description: 'It has begun and not ended.' },
    DONE: { description: 'It has ended well.' },
    FAILED: { description: 'It has ended badly.' },
    SKIPPED: { description: 'There was nothing to do, as when a dry run stores nothing.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'One part of a refresh.' })
export class RefreshPhase {
  @Field(() => PhaseName, { description: 'Which part.' })
  name!: PhaseName;

  @Field(() => PhaseState, { description: 'How far it has come.' })
  state!: PhaseState;

  @Field(() => Int, { nullable: true, description: 'Milliseconds. Null until it has ended.' })
  durationMs!: number | null;

  @Field(() => Int, { description: 'Records fetched or statements run so far.' })
  done!: number;

  @Field(() => Int, { nullable: true, description: 'Out of how many. Null until that is known.' })
  total!: number | null;
}
