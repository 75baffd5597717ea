import { describe, expect, it } from 'vitest';
import type { Database, Statement } from '../../src/db/database.js';
import { createTestDatabase, describeMostDatabases, describeMostServers } from '../databases.js';
import { runChildren } from './child.js';
import { codes, countryRow, rateRow } from './rows.js';
import { sessionsOf } from './sessions.js';

describe('writeAtomically', () => {
  describeMostDatabases((open) => {
    it('reports how many statements are done', async () => {
      const { database } = await open();
      const rows = codes(250).map((code) => countryRow(code));
      const progress: number[] = [];
      const statements = database.upsert('countries', rows, ['code'], 100);
      await database.writeAtomically(statements, { onProgress: (done) => progress.push(done) });
      expect(progress).toEqual(statements.map((_, index) => index + 1));
    });

    it('leaves everything as it was when a statement fails', async () => {
      const { database } = await open();
      await database.kysely.insertInto('countries').values(countryRow('CH')).execute();
      const before = await everything(database);
      const statements = [
        ...database.upsert('countries', [countryRow('CH', { name: 'Other' }), countryRow('DE')], ['code'], 1),
        ...database.upsert('exchange_rates', [rateRow('CHF', 2)], ['currency_code', 'observed_on'], 1),
        database.kysely.insertInto('countries').values(countryRow('CH')),
        ...database.upsert('countries', [countryRow('FR')], ['code'], 1),
      ];
      await expect(database.writeAtomically(statements)).rejects.toThrow(/unique|duplicate/i);
      expect(await everything(database)).toEqual(before);
      // The connection is usable, and no longer in a transaction.
      await database.writeAtomically(database.upsert('countries', [countryRow('FR')], ['code'], 1));
      expect(await everything(database)).not.toEqual(before);
    });

    it('leaves everything as it was when the progress cannot be reported', async () => {
      const { database } = await open();
      const before = await everything(database);
      const statements = database.upsert('countries', [countryRow('CH')], ['code'], 1);
      const onProgress = () => {
        throw new Error('The terminal is gone');
      };
      const failing = database.writeAtomically(statements, { onProgress });
      await expect(failing).rejects.toThrow('The terminal is gone');
      expect(await everything(database)).toEqual(before);
    });

    it('leaves everything as it was when the process is killed in the middle', async () => {
      const { database, url } = await open();
      const rows = codes(250).map((code) => countryRow(code));
      await database.writeAtomically(database.upsert('countries', rows, ['code'], 100));
      const before = await everything(database);
      const [child] = await runChildren('die-while-writing', 1, url);
      expect(child).toMatchObject({ signal: 'SIGKILL', stderr: '' });
      expect(await everything(database)).toEqual(before);
      await database.writeAtomically(database.upsert('countries', [countryRow('AA')], ['code'], 100));
    });

    it('waits for another process that writes the same rows', async () => {
      const { database, url } = await open();
      const rows = [rateRow('AAA', 0), rateRow('BBB', 0)];
      await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100));
      const children = await runChildren('count-up', 2, url);
      expect(children).toMatchObject([
        { stderr: '', exitCode: 0 },
        { stderr: '', exitCode: 0 },
      ]);
      const stored = await database.kysely.selectFrom('exchange_rates').select('rate').execute();
      expect(stored).toEqual([{ rate: 400 }, { rate: 400 }]);
    });

    it('runs several at once, each as a whole', async () => {
      const { database } = await open();
      const names = ['one', 'two', 'three', 'four', 'five', 'six'];
      await Promise.all(
        names.map((name) => {
          const rows = codes(250).map((code) => countryRow(code, { name }));
          return database.writeAtomically(database.upsert('countries', rows, ['code'], 100));
        }),
      );
      const stored = await database.kysely.selectFrom('countries').select('name').distinct().execute();
      expect(stored).toHaveLength(1);
    });
  });
});

describeMostServers('writeAtomically in a deadlock on %s', (dialect) => {
  it('begins again and succeeds', async () => {
    const { database, connect, remove } = await createTestDatabase(dialect);
    const rows = codes(20).map((code) => countryRow(code));
    await database.writeAtomically(database.upsert('countries', rows, ['code'], 100));
    const { kysely } = await connect();
    const progress: number[] = [];

    const ours = await kysely.transaction().execute(async (other) => {
      await sessionsOf(database).letOthersDie(other);
      // It has changed more rows than ours, so MySQL rolls ours back.
      await other.updateTable('countries').set({ region: 'Other' }).where('code', '>', 'AA').execute();
      let tellFirst = () => {};
      const first = new Promise<void>((resolve) => {
        tellFirst = resolve;
      });
      const onProgress = (done: number) => {
        progress.push(done);
        tellFirst();
      };
      const statements = [rename(database, 'AA'), rename(database, 'AB')];
      const writing = database.writeAtomically(statements, { onProgress });
      await first;
      await other.updateTable('countries').set({ region: 'Other' }).where('code', '=', 'AA').execute();
      // In an object, or the transaction would wait for it before it commits.
      return { writing };
    });
    await ours.writing;

    expect(progress).toEqual([1, 1, 2]);
    const stored = await kysely.selectFrom('countries').select(['name', 'region']).where('code', '<', 'AC').execute();
    expect(stored).toEqual([
      { name: 'Ours', region: 'Other' },
      { name: 'Ours', region: 'Other' },
    ]);
    await remove();
  });
});

function rename(database: Database, code: string): Statement {
  return database.kysely.updateTable('countries').set({ name: 'Ours' }).where('code', '=', code);
}

async function everything({ kysely }: Database): Promise<unknown> {
  return {
    countries: await kysely.selectFrom('countries').selectAll().orderBy('code').execute(),
    rates: await kysely.selectFrom('exchange_rates').selectAll().orderBy('currency_code').execute(),
  };
}
