import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import { describeEachDatabase } from '../databases.js';
import { codes, countryRow } from './rows.js';

const wasCommitted = async () => false;

describe('a writer', () => {
  describeEachDatabase((open) => {
    it('writes everything and reports its progress', async () => {
      const { database } = await open();
      const rows = codes(250).map((code) => countryRow(code, { name: `It's "${code}" \\ ; ? 😀` }));
      const progress: number[] = [];
      const writer = database.openWriter();
      const statements = database.upsert('countries', rows, ['code'], 100);
      await writer.write(statements, {
        onProgress: (done) => progress.push(done),
        wasCommitted,
      });
      writer.close();
      expect(progress.at(-1)).toBe(statements.length);
      expect(await database.kysely.selectFrom('countries').selectAll().orderBy('code').execute()).toEqual(rows);
    });

    it('leaves everything as it was when a statement fails, and can be used again', async () => {
      const { database } = await open();
      await database.kysely.insertInto('countries').values(countryRow('CH')).execute();
      const writer = database.openWriter();
      const failing = [
        ...database.upsert('countries', [countryRow('DE')], ['code'], 1),
        database.kysely.insertInto('countries').values(countryRow('CH')),
        ...database.upsert('countries', [countryRow('FR')], ['code'], 1),
      ];
      await expect(writer.write(failing, { wasCommitted })).rejects.toThrow(/unique|duplicate/i);
      expect(await storedCodes(database)).toEqual(['CH']);
      await writer.write(database.upsert('countries', [countryRow('FR')], ['code'], 1), { wasCommitted });
      writer.close();
      expect(await storedCodes(database)).toEqual(['CH', 'FR']);
    });

    it('writes a set of many megabytes', async () => {
      const { database } = await open();
      const official = 'x'.repeat(180);
      const capitals = JSON.stringify(['y'.repeat(5_000)]);
      const rows = codes(600).map((code) => countryRow(code, { official_name: official, capitals }));
      const writer = database.openWriter();
      await writer.write(database.upsert('countries', rows, ['code'], 100), { wasCommitted });
      writer.close();
      expect(await storedCodes(database)).toHaveLength(600);
    });

    it('that is not needed after all is closed silently', async () => {
      const { database } = await open();
      database.openWriter().close();
    });
  });
});

async function storedCodes({ kysely }: Database): Promise<string[]> {
  const rows = await kysely.selectFrom('countries').select('code').orderBy('code').execute();
  return rows.map(({ code }) => code);
}
