import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { settings, startApp } from '../app.js';
import { runChild } from '../child.js';
import { RefreshCountriesDocument } from '../client/generated/graphql.js';
import { describeMostDatabases } from '../databases.js';
import { program } from '../programs.js';
import { dataIn } from './tables.js';

const CHILD = program('refresh-and-die');

describeMostDatabases((open, dialect) => {
  describe('a refresh that is killed while it writes', () => {
    it.each([0, 1, 5, 20])('after %d ms leaves either the old data or the new, complete', async (delayMs) => {
      const { url } = await open();
      const app = await startApp(url);
      await app.query(RefreshCountriesDocument);
      const before = await dataIn(app.context.database);

      app.upstream.facts.ratesOn = '2026-10-05';
      app.upstream.facts.rates.EUR = 0.77;
      for (const country of app.upstream.facts.countries) country.population = (country.population ?? 0) + 1;
      const sent = new Map(app.upstream.facts.countries.map(({ code, population }) => [code, population]));
      const { signal } = await runChild(CHILD, [String(delayMs)], settings(app.upstream, url));
      expect(signal).toBe('SIGKILL');
      // In one snapshot: a server that has the whole packet may go on writing after the client is dead.
      const { kysely } = app.context.database;
      const found = await kysely.transaction().execute(async (snapshot) => {
        // The others do so on their own.
        if (dialect === 'postgres') await sql`set transaction isolation level repeatable read`.execute(snapshot);
        return dataIn({ kysely: snapshot });
      });
      const rewritten = found.countries.filter((row) => row.population === sent.get(row.code));
      if (rewritten.length === 0) expect(found).toEqual(before);
      else expect(rewritten).toHaveLength(250);
      expect(found.rates.length === before.rates.length).toBe(rewritten.length === 0);

      const { refreshCountries } = await app.query(RefreshCountriesDocument);
      expect(refreshCountries).toMatchObject({ state: 'SUCCEEDED', inserted: 0, missing: 0 });
      await app.close();
    });
  });
});
