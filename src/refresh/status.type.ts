import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../scalars.js';
import { Refresh } from './refresh.type.js';
import { SourceUse } from './source-use.type.js';

@ObjectType({ simpleResolvers: true, description: 'What is served and how fresh it is.' })
export class Status {
  @Field(() => Int, { description: 'How many countries are stored.' })
  totalCountries!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null before the first refresh.' })
  lastRefreshedAt!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When this server refreshes by itself the next time. Null without REFRESH_SCHEDULE.',
  })
  nextRefreshAt!: string | null;

  @Field(() => Boolean, {
    description:
      'True before the first refresh, while the bundled data set is served, and when the last refresh is a day old.',
  })
  stale!: boolean;

  @Field(() => Boolean, { description: 'True while what is served is the bundled data set.' })
  bundled!: boolean;

  @Field(() => Refresh, { nullable: true, description: 'Null while none is running.' })
  running!: Refresh | null;

  @Field(() => [SourceUse], { description: 'Where the figures that are served came from.' })
  sources!: SourceUse[];

  @Field(() => String, {
    nullable: true,
    description: 'Where on this server the picture is, 1200 x 630 PNG. Null before the first refresh.',
  })
  summaryImageUrl!: string | null;

  @Field(() => String, { description: 'Of the server.' })
  version!: string;
}
