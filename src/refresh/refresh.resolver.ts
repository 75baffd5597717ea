import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { CountryContext } from '../countries/country.resolver.js';
import { progressOf } from './progress-stream.js';
import type { RefreshService } from './refresh.service.js';
import { Refresh, RefreshCountriesInput, Status } from './refresh.type.js';
import type { StatusService } from './status.service.js';

/** What these resolvers need of a request. */
export interface RefreshContext extends CountryContext {
  refreshes: RefreshService;
  status: StatusService;
  /** Whether the caller may change data. Unlike mayChange(), it neither throws nor names the caller in the log. */
  isTrusted(): boolean;
  /** For the log and the traces. */
  facts: { refresh?: string };
}

/** Values of `startedBy` that are not names of tokens. */
const PUBLIC_STARTERS: ReadonlySet<string> = new Set(['local', 'start', 'schedule', 'command line']);

@Resolver(() => Refresh)
export class RefreshResolver {
  @Query(() => Status, { description: 'What is served and how fresh it is.' })
  status(@Ctx() { status }: RefreshContext): Promise<Status> {
    return status.status();
  }

  @Query(() => Refresh, {
    nullable: true,
    description: 'A running or a past refresh. Null when it is unknown, or so old that its report was deleted.',
  })
  refresh(
    @Arg('id', () => ID, { description: 'As in the report.' }) id: string,
    @Ctx() { refreshes }: RefreshContext,
  ): Promise<Refresh | null> {
    return refreshes.find(id);
  }

  @Query(() => [Refresh], {
    description: 'The running refresh and the reports of those before, the newest first, without dry runs.',
  })
  refreshes(
    @Arg('first', () => Int, { defaultValue: 10, description: 'How many at most, from 1 to 1000.' })
    first: number,
    @Ctx() { refreshes }: RefreshContext,
  ): Promise<Refresh[]> {
    return refreshes.newest(first);
  }

  @FieldResolver(() => String, {
    description:
      'Who began it: the name of an ADMIN_TOKEN, which callers without one see as `token`; `local` for a caller where ' +
      'none is set; `start`, `schedule` or `command line`.',
  })
  startedBy(@Root() { startedBy }: Refresh, @Ctx() { isTrusted }: RefreshContext): string {
    return PUBLIC_STARTERS.has(startedBy) || isTrusted() ? startedBy : 'token';
  }

  @Mutation(() => Refresh, {
    description:
      'Fetches the sources, then brings every country up to date in one transaction. Joins a refresh that is already ' +
      'running. EXTERNAL_SOURCE_UNAVAILABLE when a source fails: then nothing has changed.',
  })
  async refreshCountries(
    @Arg('input', () => RefreshCountriesInput, { nullable: true, description: 'How it is run.' }) input:
      | RefreshCountriesInput
      | null
      | undefined,
    @Ctx() { refreshes, mayChange, facts }: RefreshContext,
  ): Promise<Refresh> {
    const startedBy = mayChange();
    const { dryRun = false, force = false, wait = true } = input ?? {};
    const { report, joined, ready, done } = refreshes.start({ dryRun, force, startedBy });
    if (!joined) facts.refresh = report.id;
    return wait ? done : ready;
  }

  @Mutation(() => Refresh, {
    description:
      'Ends a running refresh before its commit: nothing of it is left but its report. NOT_FOUND when it is unknown, ' +
      'BAD_USER_INPUT when it has ended already.',
  })
  async cancelRefresh(
    @Arg('id', () => ID, { description: 'As in the report.' }) id: string,
    @Ctx() { refreshes, mayChange }: RefreshContext,
  ): Promise<Refresh> {
    mayChange();
    return refreshes.cancel(id);
  }

  @Subscription(() => Refresh, {
    description:
      'The state of a refresh now, every step that follows, and its end. Without an id it is the one that is running, ' +
      'or else the next that begins.',
    subscribe: ({ args, context }) =>
      progressOf((context as RefreshContext).refreshes, args.id as string | null | undefined),
  })
  refreshProgress(
    @Root() report: Refresh,
    @Arg('id', () => ID, { nullable: true, description: 'One refresh only; all without it.' }) _id:
      | string
      | null
      | undefined,
  ): Refresh {
    return report;
  }
}
