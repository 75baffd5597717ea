import { setTimeout as sleep } from 'node:timers/promises';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { CountryContext } from '../countries/country.resolver.js';
import { NotFoundError } from '../errors.js';
import { nullable } from '../scalars.js';
import { RefreshState } from './phases.js';
import type { RefreshService, RefreshSteps } from './refresh.service.js';
import { Refresh, RefreshCountriesInput, Status } from './refresh.type.js';
import type { StatusService } from './status.service.js';

/** The part of the request context that these resolvers use. */
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

  @Query(
    () => Refresh,
    nullable('A running or past refresh. Null when it is unknown, or so old that its report was deleted.'),
  )
  refresh(
    @Arg('id', () => ID, { description: 'As in the report.' }) id: string,
    @Ctx() { refreshes }: RefreshContext,
  ): Promise<Refresh | null> {
    return refreshes.find(id);
  }

  @Query(() => [Refresh], {
    description: 'The running refresh and the reports of earlier ones, newest first, without dry runs.',
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
      'Who started it: the name of an ADMIN_TOKEN, which callers without one see as `token`; `local` for a caller when ' +
      'none is set; or `start`, `schedule` or `command line`.',
  })
  startedBy(@Root() { startedBy }: Refresh, @Ctx() { isTrusted }: RefreshContext): string {
    return PUBLIC_STARTERS.has(startedBy) || isTrusted() ? startedBy : 'token';
  }

  @Mutation(() => Refresh, {
    description:
      'Fetches the sources, then brings every country up to date in one transaction. Joins a refresh that is already ' +
      'running. EXTERNAL_SOURCE_UNAVAILABLE when a source fails; nothing has changed then.',
  })
  async refreshCountries(
    @Arg('input', () => RefreshCountriesInput, nullable('How it is run.')) input:
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
      'Ends a running refresh before its commit: only its report remains. NOT_FOUND when it is unknown, ' +
      'BAD_USER_INPUT when it has already ended.',
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
      'The current state of a refresh, every step that follows, and its end. Without an id it is the one that is ' +
      'running, or else the next one to start.',
    subscribe: ({ args, context }) =>
      progressOf((context as RefreshContext).refreshes, args.id as string | null | undefined),
  })
  refreshProgress(
    @Root() report: Refresh,
    @Arg('id', () => ID, nullable('One refresh only; all without it.')) _id: string | null | undefined,
  ): Refresh {
    return report;
  }
}

/** How often the refreshes of other processes are looked up, which emit no events here. */
const POLL_MS = 1_000;

/**
 * The current state of a refresh, every step that follows, and its end. Without an id: the one that is running, or the
 * next one. Progress never decreases. Throws NOT_FOUND when the id is unknown.
 */
async function progressOf(refreshes: RefreshService, id: string | null | undefined): Promise<AsyncIterable<Refresh>> {
  if (id && !(await refreshes.find(id))) throw new NotFoundError(`There is no refresh ${JSON.stringify(id)}`);
  const steps = refreshes.steps();
  const states = statesOf(refreshes, id, steps);
  const end = states.return.bind(states);
  // A generator ends at its next yield, which may never come, so what it waits for is ended.
  states.return = (value) => {
    void steps.return();
    return end(value);
  };
  return states;
}

/** The current state, then the events of this process, and the state again after every second without one. */
async function* statesOf(
  refreshes: RefreshService,
  id: string | null | undefined,
  steps: RefreshSteps,
): AsyncGenerator<Refresh, undefined> {
  let last: Refresh | undefined;
  const look = () => {
    const wanted = last?.id ?? id;
    return wanted ? refreshes.find(wanted) : refreshes.running();
  };
  try {
    for (let next = steps.next(), step: Awaited<typeof next> | null = null; !step?.done; ) {
      // The subscription survives a database outage.
      const report = step ? step.value[0] : await look().catch(() => null);
      if (report && (last ? isNews(report, last) : isWanted(report, id))) {
        // A copy, because the report goes on changing.
        last = structuredClone(report);
        yield last;
        if (last.state !== RefreshState.RUNNING) return;
      }
      step = await Promise.race([next, sleep(POLL_MS, null, { ref: false })]);
      if (step) next = steps.next();
    }
  } finally {
    await steps.return();
  }
}

function isWanted(next: Refresh, id: string | null | undefined): boolean {
  return id ? next.id === id : next.state === RefreshState.RUNNING && !next.dryRun;
}

function isNews(next: Refresh, last: Refresh): boolean {
  if (next.id !== last.id) return false;
  const changed = next.state !== last.state || JSON.stringify(next.phases) !== JSON.stringify(last.phases);
  return changed && (next.progress >= last.progress || next.state !== RefreshState.RUNNING);
}
