import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLastRates } from '../../src/currencies/repository.js';
import type { Database } from '../../src/db/database.js';
import { describeEachDatabase } from '../databases.js';

const DAYS = 2_000;
const CODES = ['CHF', 'EUR', 'JPY'];
const day = (at: number) => new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10);

describe('the last rates', () => {
  describeEachDatabase((open, dialect) => {
    let database: Database;
    beforeAll(async () => {
      ({ database } = await open());
      // The yen has none after the first hundred days, and a currency without any is there as well.
      const rows = CODES.flatMap((code) =>
        Array.from({ length: code === 'JPY' ? 100 : DAYS }, (_, at) => ({
          currency_code: code,
          observed_on: day(at),
          rate: at + 1,
          source: 'test',
        })),
      );
      const currencies = [...CODES, 'XOF'].map((code) => ({ code, name: null, symbol: null }));
      await database.writeAtomically([
        ...database.upsert('currencies', currencies, ['code'], 100),
        ...database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100),
      ]);
    });

    const found = async (query?: Parameters<typeof readLastRates>[1]) => {
      const rows = await readLastRates(database, query);
      return Object.fromEntries(rows.map((row) => [row.currency_code, row.observed_on]));
    };

    it('are those of all currencies that have one, each of its own day', async () => {
      expect(await found()).toEqual({ CHF: day(DAYS - 1), EUR: day(DAYS - 1), JPY: day(99) });
    });

    it('are those up to a day', async () => {
      expect(await found({ on: day(500) })).toEqual({ CHF: day(500), EUR: day(500), JPY: day(99) });
      expect(await found({ on: '2019-12-31' })).toEqual({});
    });

    it('are those of the codes that are asked for', async () => {
      expect(await found({ codes: ['JPY', 'ZZZ', 'XOF', 'JPY'] })).toEqual({ JPY: day(99) });
    });

    it.runIf(dialect === 'mysql')('are looked up, however long the history is', async () => {
      await database.kysely.connection().execute(async (kysely) => {
        const read = async () => {
          const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(kysely);
          return rows.reduce((total, { Value }) => total + Number(Value), 0);
        };
        const before = await read();
        await readLastRates({ kysely });
        // Looking at the counters reads some rows as well.
        const itself = (await read()) - before;
        expect(itself).toBeLessThan(DAYS / 10);
      });
    });
  });
});
