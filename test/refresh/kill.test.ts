import { expect, it } from 'vitest';
import { settings, startApp } from '../app.js';
import { runChild } from '../child.js';
import { RefreshCountriesDocument } from '../client/generated/graphql.js';
import { describeEachDatabase } from '../databases.js';
import { dataIn } from './tables.js';

describeEachDatabase((open) => {
  it('leaves the data of the refresh before, whole, when it is killed in the middle of the write', async () => {
    const { url } = await open();
    const app = await startApp(url);
    await app.query(RefreshCountriesDocument);
    const before = await dataIn(app.context.database);

    app.upstream.facts.ratesOn = '2026-10-05';
    for (const country of app.upstream.facts.countries) country.population = 1;
    const file = new URL('children/refresh-and-die.ts', import.meta.url);
    const { signal } = await runChild(file, [], settings(app.upstream, url));
    expect(signal).toBe('SIGKILL');
    expect(await dataIn(app.context.database)).toEqual(before);

    const { refreshCountries } = await app.query(RefreshCountriesDocument);
    expect(refreshCountries).toMatchObject({ state: 'SUCCEEDED', updated: 250 });
    await app.close();
  });
});
