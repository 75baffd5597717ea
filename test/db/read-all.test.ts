import { expect, it } from 'vitest';
import { describeEachDatabase } from '../databases.js';
import { codes, countryRow } from './rows.js';

describeEachDatabase((open) => {
  // SQLite reads 25 at a time.
  it.each([0, 24, 25, 26, 100])('All of %i rows are read, in the order of their key', async (count) => {
    const { database } = await open();
    const rows = codes(count).map((code) => countryRow(code));
    await database.writeAtomically(database.upsert('countries', rows.toReversed(), ['code'], 100));
    expect(await database.readAll('countries', 'code')).toEqual(rows);
  });
});
