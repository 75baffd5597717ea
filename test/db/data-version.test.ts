import { describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../databases.js';
import { countryRow, rateRow } from './rows.js';

describe('the version of the data', () => {
  describeEachDatabase((open) => {
    it('changes with every write of this process, which is also counted', async () => {
      const { database } = await open();
      const { dataVersion } = database;
      const before = [await dataVersion.read(), dataVersion.epoch] as const;
      await database.writeAtomically(database.upsert('countries', [countryRow('CH')], ['code'], 1));
      expect([await dataVersion.read(), dataVersion.epoch]).toEqual(before.map((it) => it + 1));
      const writer = database.openWriter();
      await writer.write(database.upsert('countries', [countryRow('DE')], ['code'], 1), {
        wasCommitted: async () => false,
      });
      writer.close();
      expect([await dataVersion.read(), dataVersion.epoch]).toEqual(before.map((it) => it + 2));
    });

    it('stays when nothing is written or a write fails; a failed one counts: it may have been committed', async () => {
      const { database } = await open();
      const { dataVersion } = database;
      const before = await dataVersion.read();
      await database.kysely.selectFrom('countries').selectAll().execute();
      await database.writeAtomically([]);
      const twice = [rateRow('CHF', 1), rateRow('CHF', 2)].map((row) =>
        database.kysely.insertInto('exchange_rates').values(row),
      );
      const { epoch } = dataVersion;
      await expect(database.writeAtomically(twice)).rejects.toThrow();
      expect(dataVersion.epoch).toBeGreaterThan(epoch);
      expect(await dataVersion.read()).toBe(before);
    });

    it('is polled in the background, as other processes write too', async () => {
      const { database, connect } = await open();
      const before = await database.dataVersion.read();
      const seen = new Set<number>();
      database.dataVersion.watch((version) => seen.add(version));
      const other = await connect();
      await other.writeAtomically(other.upsert('countries', [countryRow('CH')], ['code'], 1));
      await expect.poll(() => [...seen], { timeout: 2_000 }).toContain(before + 1);
      expect(database.dataVersion.unansweredMs()).toBeNull();
    });
  });
});
