import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { ratesWithin, readLastRates, readRatesAfter, readRatesUpTo } from '../../src/currencies/repository.js';
import { isDay } from '../../src/days.js';
import type { Database } from '../../src/db/database.js';
import type { ExchangeRateRow } from '../../src/db/tables.js';
import { describeEachDatabase } from '../databases.js';

const DAYS = 2_000;
const CODES = ['CHF', 'EUR', 'JPY'];
const day = (at: number) => new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10);

describe('the last rates', () => {
  describeEachDatabase((open, dialect) => {
    let database: Database;
    beforeAll(async () => {
      ({ database } = await open());
      // The yen has none after the first hundred days, and there is also a currency without any.
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

    const daysOf = async (reading: Promise<ExchangeRateRow[]>) =>
      Object.fromEntries((await reading).map((row) => [row.currency_code, row.observed_on]));

    it('are those of all currencies that have one, each of its own day', async () => {
      expect(await daysOf(readLastRates(database))).toEqual({ CHF: day(DAYS - 1), EUR: day(DAYS - 1), JPY: day(99) });
    });

    it('are those up to a day', async () => {
      const upTo = (on: string) => daysOf(readRatesUpTo(database, CODES, on));
      expect(await upTo(day(500))).toEqual({ CHF: day(500), EUR: day(500), JPY: day(99) });
      expect(await upTo('2019-12-31')).toEqual({});
    });

    it('are those up to any day that a query or a source may name, however early or late', async () => {
      const early = ['0000-01-01', '0000-12-31', '0001-01-01', '0099-12-31', '1000-01-01'].filter(isDay);
      expect(early[0]).toBe('0001-01-01');
      for (const on of early) {
        expect(await daysOf(readRatesUpTo(database, CODES, on))).toEqual({});
        expect(await daysOf(readRatesAfter(database, ['JPY'], on))).toEqual({ JPY: day(0) });
        expect(
          await ratesWithin(database, ['JPY'], { from: on, to: day(0) })
            .select('rate')
            .execute(),
        ).toHaveLength(1);
      }
      expect(await daysOf(readRatesUpTo(database, ['JPY'], '9999-12-31'))).toEqual({ JPY: day(99) });
    });

    it('and the first ones after a day, or of all, are those of the requested codes', async () => {
      const asked = ['JPY', 'ZZZ', 'XOF', 'JPY'];
      expect(await daysOf(readRatesUpTo(database, asked, day(500)))).toEqual({ JPY: day(99) });
      expect(await daysOf(readRatesAfter(database, asked, day(50)))).toEqual({ JPY: day(51) });
      expect(await daysOf(readRatesAfter(database, asked))).toEqual({ JPY: day(0) });
      expect(await readRatesAfter(database, [])).toEqual([]);
    });

    it('of more currencies than fit into one statement are read in several', async () => {
      const many = Array.from({ length: 1_000 }, (_, at) => String(at).padStart(3, '0'));
      expect(await daysOf(readRatesUpTo(database, [...many, 'CHF'], day(500)))).toEqual({ CHF: day(500) });
    });

    it.runIf(dialect === 'mysql')('are looked up, however long the history is', async () => {
      await database.kysely.connection().execute(async (kysely) => {
        const read = async () => {
          const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(kysely);
          return rows.reduce((total, { Value }) => total + Number(Value), 0);
        };
        for (const reading of [readLastRates, () => readRatesUpTo({ kysely }, CODES, day(500))]) {
          const before = await read();
          await reading({ kysely });
          // Looking at the counters also reads some rows.
          const itself = (await read()) - before;
          expect(itself).toBeLessThan(DAYS / 10);
        }
      });
    });
  });
});
