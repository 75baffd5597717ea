import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/db/connect.js';
import { MIGRATIONS } from '../../src/db/migrate.js';
import type { CountryRow } from '../../src/db/tables.js';
import { DatabaseUnavailableError } from '../../src/errors.js';
import { createEmptyDatabase, describeMostDatabases } from '../databases.js';
import { runChildren } from './child.js';
import { countryRow } from './rows.js';

describe('migrations', () => {
  const all = Object.keys(MIGRATIONS);

  describeMostDatabases((open, dialect) => {
    const openEmpty = async () => {
      const { url } = await createEmptyDatabase(dialect);
      return connectDatabase({ url, caFile: undefined, poolSize: 2, maxOverflow: 0 });
    };

    it('are named when they run, and do not run twice', async () => {
      const database = await openEmpty();
      expect(await database.migrate()).toEqual(all);
      expect(await database.migrate()).toEqual([]);
      await database.close();
    });

    it('run once when several processes start at once', async () => {
      const { url, drop } = await createEmptyDatabase(dialect);
      const children = await runChildren('migrate', 3, url);
      expect(children.map((child) => child.stderr)).toEqual(['', '', '']);
      expect(children.map((child) => child.stdout.trim()).sort()).toEqual([JSON.stringify(all), '[]', '[]']);
      await drop();
    });

    it('leave a database of a newer version alone, and say so', async () => {
      const { database } = await open();
      await database.kysely.insertInto('countries').values(countryRow('CH')).execute();
      await sql`insert into kysely_migration values ('0099-future', '2099-01-01T00:00:00.000Z')`.execute(
        database.kysely,
      );
      const failure = await database.migrate().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DatabaseUnavailableError);
      expect((failure as Error).message).toBe(
        `The database ${database.label} belongs to a newer version of this program (it has 0099-future): run that version, or use another database`,
      );
      expect(await database.kysely.selectFrom('countries').select('code').execute()).toEqual([{ code: 'CH' }]);
    });

    it('refuse a database from before the first release in one line', async () => {
      const { database } = await open();
      await sql`delete from kysely_migration where name > '0002'`.execute(database.kysely);
      await sql`update kysely_migration set name = '0001-initial'`.execute(database.kysely);
      await sql`insert into kysely_migration values ('0002-folded-names', '2026-01-01T00:00:00.000Z')`.execute(
        database.kysely,
      );
      const failure = await database.migrate().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DatabaseUnavailableError);
      expect((failure as Error).message).toBe(
        `The database ${database.label} is from before the first release and cannot be upgraded: delete it, or use another database, and run a refresh`,
      );
      await expect(database.checkReady()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    });

    it('do not take the table of another program for their own', async () => {
      const database = await openEmpty();
      await sql`create table countries (id integer primary key, name varchar(50))`.execute(database.kysely);
      await expect(database.migrate()).rejects.toThrow(
        'The database already has a table "countries" of another program: use an empty database',
      );
      await sql`insert into countries values (1, 'mine')`.execute(database.kysely);
      await database.close();
    });

    it('do not go on with the migrations of another program', async () => {
      const { database } = await open();
      await sql`delete from kysely_migration`.execute(database.kysely);
      await sql`insert into kysely_migration values ('2024-users', '2024-01-01T00:00:00.000Z')`.execute(
        database.kysely,
      );
      await expect(database.migrate()).rejects.toThrow(
        `The database ${database.label} has the migrations of another program (2024-users): use an empty database`,
      );
    });

    it('go on where a killed process left off', async () => {
      const { database } = await open();
      await sql`delete from kysely_migration`.execute(database.kysely);
      await sql`drop table refreshes`.execute(database.kysely);
      expect(await database.migrate()).toEqual(all);
      expect(await database.kysely.selectFrom('refreshes').selectAll().execute()).toEqual([]);
    });

    it('give the countries of an earlier version the sources of their figures, from the last report', async () => {
      const { database } = await open();
      const { kysely } = database;
      for (const column of ['observed_on', 'population_source', 'population_observed_on', 'gdp_source']) {
        await sql`alter table countries drop column ${sql.id(column)}`.execute(kysely);
      }
      await sql`delete from kysely_migration where name > '0002'`.execute(kysely);
      const { observed_on, population_source, population_observed_on, gdp_source, ...old } = countryRow('CH');
      const rows = [
        { ...old, source: 'csc' },
        { ...old, code: 'BV', source: 'csc', population: null, gdp_per_capita: null },
        { ...old, code: 'XK', source: 'bundled' },
      ];
      for (const row of rows)
        await kysely
          .insertInto('countries')
          .values(row as CountryRow)
          .execute();
      const use = { licence: 'x', attribution: 'x', reused: false };
      const sources = [
        {
          provides: 'COUNTRIES',
          source: 'csc',
          url: 'http://a.example/t0ken/x',
          observedAt: '2026-07-11',
          bundled: false,
        },
        {
          provides: 'RATES',
          source: 'currency-api',
          url: 'https://cdn.jsdelivr.net/x',
          observedAt: null,
          bundled: false,
        },
        { provides: 'GDP', source: 'world-bank', url: 'https://b.example/t0ken', observedAt: null, bundled: true },
      ].map((it) => ({ ...it, ...use }));
      const report = JSON.stringify({ sources });
      const at = '2026-10-01 08:00:00.000';
      await kysely
        .insertInto('refreshes')
        .values({ id: 'r', state: 'SUCCEEDED', started_at: at, finished_at: at, report })
        .execute();
      expect(await database.migrate()).toEqual(all.slice(1));

      const known = await kysely.selectFrom('countries').selectAll().orderBy('code').execute();
      expect(known).toMatchObject([
        {
          code: 'BV',
          observed_on: '2026-07-11',
          population_source: null,
          population_observed_on: null,
          gdp_source: null,
        },
        {
          code: 'CH',
          observed_on: '2026-07-11',
          population_source: 'csc',
          population_observed_on: '2026-07-11',
          gdp_source: 'bundled',
        },
        {
          code: 'XK',
          observed_on: null,
          population_source: 'bundled',
          population_observed_on: null,
          gdp_source: 'bundled',
        },
      ]);
      const { report: stored } = await kysely.selectFrom('refreshes').select('report').executeTakeFirstOrThrow();
      expect(JSON.parse(stored).sources.map(({ url }: { url: string }) => url)).toEqual([
        'http://a.example',
        'https://cdn.jsdelivr.net/x',
        'https://b.example',
      ]);
    });

    it('make the database ready', async () => {
      const database = await openEmpty();
      const failure = await database.checkReady().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DatabaseUnavailableError);
      expect((failure as Error).message).toBe(
        `The database ${database.label} lacks tables of this version: run "country-exchange migrate"`,
      );
      await database.migrate();
      await database.checkReady();
      await database.close();
    });

    it('delete the currencies of a country with the country', async () => {
      const { database } = await open();
      await database.kysely.insertInto('countries').values(countryRow('CH')).execute();
      const link = { country_code: 'CH', currency_code: 'CHF', position: 0 };
      await database.kysely.insertInto('country_currencies').values(link).execute();
      await database.kysely.deleteFrom('countries').where('code', '=', 'CH').execute();
      expect(await database.kysely.selectFrom('country_currencies').selectAll().execute()).toEqual([]);
    });
  });
});
