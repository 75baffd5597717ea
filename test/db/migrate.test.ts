import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { connectDatabase } from '../../src/db/connect.js';
import { MIGRATIONS } from '../../src/db/migrate.js';
import { DatabaseUnavailableError } from '../../src/errors.js';
import { createEmptyDatabase, describeEachDatabase } from '../databases.js';
import { runChildren } from './child.js';
import { countryRow } from './rows.js';

describe('migrations', () => {
  const all = Object.keys(MIGRATIONS);

  describeEachDatabase((open, dialect) => {
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

    it('go on where a process that was killed has left off', async () => {
      const { database } = await open();
      await sql`delete from kysely_migration`.execute(database.kysely);
      await sql`drop table refreshes`.execute(database.kysely);
      expect(await database.migrate()).toEqual(all);
      expect(await database.kysely.selectFrom('refreshes').selectAll().execute()).toEqual([]);
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
