import { describe, expect, it } from 'vitest';
import type { CurrencyRow } from '../../src/db/tables.js';
import { describeEachDatabase } from '../databases.js';
import { codes, countryRow, rateRow } from './rows.js';

describe('upsert', () => {
  describeEachDatabase((open) => {
    it('inserts new rows and updates known ones', async () => {
      const { database } = await open();
      const before = [countryRow('CH'), countryRow('DE', { population: null })];
      const after = [countryRow('DE', { name: 'Germany', exchange_rate: null }), countryRow('FR')];
      await database.writeAtomically(database.upsert('countries', before, ['code'], 100));
      await database.writeAtomically(database.upsert('countries', after, ['code'], 100));
      const stored = await database.kysely.selectFrom('countries').selectAll().orderBy('code').execute();
      expect(stored).toEqual([countryRow('CH'), ...after]);
    });

    it('puts at most a batch of rows into a statement', async () => {
      const { database } = await open();
      const rows = codes(250).map((code) => rateRow(`${code}X`, 1));
      const statements = database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100);
      const values = statements.map(
        (statement) => statement.compile().parameters.length / Object.keys(rateRow('CHF', 1)).length,
      );
      expect(values).toEqual([100, 100, 50]);
    });

    it('binds every value', async () => {
      const { database } = await open();
      const [statement] = database.upsert('countries', [countryRow('CH', { name: "O'Brien" })], ['code'], 100);
      const { sql, parameters } = statement?.compile() ?? { sql: '', parameters: [] };
      expect(sql).not.toMatch(/O'Brien|Europe|1234/);
      expect(parameters).toHaveLength(Object.keys(countryRow('CH')).length);
    });

    it('orders the rows by key, so that two writers wait for each other instead of deadlocking', async () => {
      const { database } = await open();
      const rows = [rateRow('EUR', 2), rateRow('CHF', 1, '2026-01-02'), rateRow('CHF', 1)];
      const statements = database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 2);
      const keys = statements.flatMap((statement) => statement.compile().parameters.slice(0, 6));
      expect(keys.filter((value) => /^\w{3}$|-/.test(String(value)))).toEqual([
        'CHF',
        '2026-01-01',
        'CHF',
        '2026-01-02',
        'EUR',
        '2026-01-01',
      ]);
    });

    it('makes no statement when there are no rows', async () => {
      const { database } = await open();
      expect(database.upsert('countries', [], ['code'], 100)).toEqual([]);
      await database.writeAtomically([]);
    });

    it('takes a key of two columns', async () => {
      const { database } = await open();
      const key = ['currency_code', 'observed_on'] as const;
      const rates = [rateRow('CHF', 0.8), rateRow('CHF', 0.9, '2026-01-02'), rateRow('EUR', 1.1)];
      await database.writeAtomically(database.upsert('exchange_rates', rates, key, 100));
      await database.writeAtomically(database.upsert('exchange_rates', [rateRow('CHF', 0.7)], key, 100));
      const stored = await database.kysely
        .selectFrom('exchange_rates')
        .select(['currency_code', 'observed_on', 'rate'])
        .orderBy('currency_code')
        .orderBy('observed_on')
        .execute();
      expect(stored.map(Object.values)).toEqual([
        ['CHF', '2026-01-01', 0.7],
        ['CHF', '2026-01-02', 0.9],
        ['EUR', '2026-01-01', 1.1],
      ]);
    });

    it('leaves rows alone when it has nothing but their key', async () => {
      const { database } = await open();
      await database.kysely
        .insertInto('currencies')
        .values({ code: 'CHF', name: 'Swiss franc', symbol: null })
        .execute();
      const rows = ['CHF', 'EUR'].map((code) => ({ code }) as CurrencyRow);
      await database.writeAtomically(database.upsert('currencies', rows, ['code'], 100));
      const stored = await database.kysely.selectFrom('currencies').selectAll().orderBy('code').execute();
      expect(stored.map((row) => row.name)).toEqual(['Swiss franc', null]);
    });

    it('splits batches that bind more values than the dialect allows', async () => {
      const { database } = await open();
      const rows = Array.from({ length: 10_000 }, (_, index) => rateRow(codeOf(index), index));
      await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 10_000));
      const { count } = await database.kysely
        .selectFrom('exchange_rates')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBe(10_000);
    });

    it('refuses a value that does not fit, instead of cutting it off', async () => {
      const { database } = await open();
      const rows = [countryRow('CH', { population: 'many' as unknown as number })];
      await expect(database.writeAtomically(database.upsert('countries', rows, ['code'], 100))).rejects.toThrow(
        /population|bigint/,
      );
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses the rate %s', async (rate) => {
      const { database } = await open();
      const statements = database.upsert('exchange_rates', [rateRow('CHF', rate)], ['currency_code'], 100);
      await expect(database.writeAtomically(statements)).rejects.toThrow();
      expect(await database.kysely.selectFrom('exchange_rates').selectAll().execute()).toEqual([]);
    });
  });
});

/** 000 to ZZZ. */
function codeOf(index: number): string {
  return index.toString(36).padStart(3, '0').toUpperCase();
}
