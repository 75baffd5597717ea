import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../databases.js';
import { countryRow, rateRow } from './rows.js';

describe('the version of the data', () => {
  describeEachDatabase((open) => {
    it('changes with every write of this process, at once', async () => {
      const { database } = await open();
      const { dataVersion } = database;
      const before = await dataVersion.current();
      await database.writeAtomically(database.upsert('countries', [countryRow('CH')], ['code'], 1));
      const written = await dataVersion.current();
      const writer = database.openWriter();
      await writer.write(database.upsert('countries', [countryRow('DE')], ['code'], 1), {
        wasCommitted: async () => false,
      });
      writer.close();
      expect([before, written, await dataVersion.current()]).toEqual([before, before + 1, before + 2]);
    });

    it('stays when nothing is written, or a write fails', async () => {
      const { database } = await open();
      const before = await database.dataVersion.current();
      await database.kysely.selectFrom('countries').selectAll().execute();
      await database.writeAtomically([]);
      const twice = [rateRow('CHF', 1), rateRow('CHF', 2)].map((row) =>
        database.kysely.insertInto('exchange_rates').values(row),
      );
      await expect(database.writeAtomically(twice)).rejects.toThrow();
      expect(await database.dataVersion.current()).toBe(before);
    });

    it('is that of another process within a second', async () => {
      const { database, connect } = await open();
      const before = await database.dataVersion.current();
      const other = await connect();
      await other.writeAtomically(other.upsert('countries', [countryRow('CH')], ['code'], 1));
      await delay(1_000);
      expect(await database.dataVersion.current()).toBe(before + 1);
    });

    it('is known without waiting while it is in use, a second after the last query as well', async () => {
      const { database } = await open();
      const version = await database.dataVersion.current();
      await delay(1_200);
      expect(database.dataVersion.current()).toBe(version);
    });

    it('is asked again when a write ends while it is being asked', async () => {
      const { database } = await open();
      await database.writeAtomically(database.upsert('countries', [countryRow('CH')], ['code'], 1));
      const asked = database.dataVersion.current();
      await database.writeAtomically(database.upsert('countries', [countryRow('DE')], ['code'], 1));
      await asked;
      expect(await database.dataVersion.current()).toBe(2);
    });
  });
});
