import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { CountryContext } from '../countries/country.loaders.js';
import type { RefreshService } from './refresh.service.js';
import { Refresh, RefreshCountriesInput } from './refresh.type.js';
import type { StatusService } from './status.service.js';
import { Status } from './status.type.js';

/** What the resolvers of this room need of a request. */
export interface RefreshContext extends CountryContext {
  refreshes: RefreshService;
  status: StatusService;
}

@Resolver(() => Refresh)
export class RefreshResolver {
  @Query(() => Status, { description: 'What is served and how fresh it is.' })
  status(@Ctx() { status }: RefreshContext): Promise<Status> {
    return status.status();
  }

  @Mutation(() => Refresh, {
    description:
      'Fetches the sources, then brings every country up to date in one transaction. Joins a refresh that is already ' +
      'running. EXTERNAL_SOURCE_UNAVAILABLE when a source fails: then nothing has changed.',
  })
  async refreshCountries(
    @Arg('input', () => RefreshCountriesInput, { nullable: true }) input:
      | RefreshCountriesInput
      | null
      | undefined,
    @Ctx() { refreshes, mayChange }: RefreshContext,
  ): Promise<Refresh> {
    mayChange();
    const { report, joined, done } = refreshes.start({ dryRun: input?.dryRun ?? false });
    return { ...(input?.wait === false ? report : await done), joined };
  }
}
