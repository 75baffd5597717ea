import { beforeAll, expect, it } from 'vitest';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { addDays } from '../../src/days.js';
import type { Database } from '../../src/db/database.js';
import { beginFile, DataChangedError } from '../../src/downloads/data-file.js';
import { historyFile, ratesFile } from '../../src/downloads/tables.js';
import { describeEachDatabase } from '../databases.js';
import { countryRow, rateRow } from '../db/rows.js';

const currency = (code: string) => ({ code, name: null, symbol: null });

describeEachDatabase((open) => {
  let database: Database;
  let other: Database;
  let cache: SnapshotCache;
  beforeAll(async () => {
    const opened = await open();
    ({ database } = opened);
    other = await opened.connect();
    cache = new SnapshotCache(database);
    const rates = Array.from({ length: 3_000 }, (_, at) => rateRow('EUR', 1 + at, addDays('2018-01-01', at)));
    await database.writeAtomically([
      ...database.upsert('countries', [countryRow('DE')], ['code'], 1),
      ...database.upsert('currencies', ['EUR', 'USD'].map(currency), ['code'], 2),
      ...database.upsert('exchange_rates', [...rates, rateRow('USD', 1)], ['currency_code', 'observed_on'], 500),
    ]);
  });

  const history = () =>
    beginFile(
      cache,
      (snapshots) => historyFile(snapshots, 'EUR', {}),
      () => false,
    );
  /** A write by another process, of which this one is not notified. */
  const write = (rate: number) =>
    other.writeAtomically(other.upsert('exchange_rates', [rateRow('EUR', rate)], ['currency_code', 'observed_on'], 1));

  it('breaks off when the data change while it is read', async () => {
    const { first, rest } = await history();
    expect(first.value).toHaveLength(1_001);
    expect((await rest.next()).value).toHaveLength(1_001);
    await write(7);
    await expect(rest.next()).rejects.toThrow(DataChangedError);
  });

  it('begins again when they change before its first rows', async () => {
    let opened = 0;
    const { file, etag } = await beginFile(
      cache,
      async (snapshots) => {
        const begun = await ratesFile(snapshots, { on: '2020-01-01' });
        opened += 1;
        if (opened < 3) await write(10 + opened);
        return begun;
      },
      () => false,
    );
    expect(opened).toBe(3);
    expect(file.name).toBe('rates-USD-2020-01-01');
    expect(etag).toBe((await history()).etag);
  });

  it('gives up when its time is up', async () => {
    const changing = beginFile(
      cache,
      async (snapshots) => {
        const begun = await ratesFile(snapshots, { on: '2020-01-01' });
        await write(Math.random());
        return begun;
      },
      () => true,
    );
    await expect(changing).rejects.toThrow(DataChangedError);
  });

  it('has another validator after each change', async () => {
    const before = (await history()).etag;
    expect((await history()).etag).toBe(before);
    await write(99);
    expect((await history()).etag).not.toBe(before);
  });
});
