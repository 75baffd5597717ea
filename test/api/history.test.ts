import { beforeAll, describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeEachDatabase } from '../databases.js';
import { rateRow } from '../db/rows.js';

describeEachDatabase((open) => {
  const { data, codes, app } = withBundledApp(open);
  beforeAll(async () => {
    const { database } = app().context;
    const rows = [
      rateRow('EUR', 0.5, '2026-03-30'),
      rateRow('EUR', 0.8, '2026-04-01'),
      rateRow('EUR', 0.9, '2026-04-05'),
      rateRow('EUR', 1, '2026-04-06'),
      rateRow('JPY', 100, '2026-03-31'),
      rateRow('JPY', 160, '2026-04-01'),
      rateRow('JPY', 150, '2026-04-06'),
    ];
    await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100));
  });
  const history = async (code: string, args: string) => {
    const { currency } = await data(`{ currency(code: "${code}") { history(${args}) { base quote rate date } } }`);
    return (currency as { history: { base: string; quote: string; rate: number; date: string }[] }).history;
  };

  describe('a history', () => {
    it('has the days with an observation, both ends included', async () => {
      expect(await history('EUR', 'from: "2026-03-30", to: "2026-04-05"')).toEqual([
        { base: 'USD', quote: 'EUR', rate: 0.5, date: '2026-03-30' },
        { base: 'USD', quote: 'EUR', rate: 0.8, date: '2026-04-01' },
        { base: 'USD', quote: 'EUR', rate: 0.9, date: '2026-04-05' },
      ]);
    });

    it('has the days on which both were observed, against any base', async () => {
      const points = await history('JPY', 'base: "EUR", from: "2026-03-01", to: "2026-04-30"');
      expect(points.map(({ date, rate }) => [date, rate])).toEqual([
        ['2026-04-01', 200],
        ['2026-04-06', 150],
      ]);
      const dollars = await history('USD', 'base: "EUR", from: "2026-03-30", to: "2026-04-01"');
      expect(dollars.map(({ rate }) => rate)).toEqual([2, 1.25]);
    });

    it('may have the last point of each week or month only', async () => {
      const days = async (step: string) =>
        (await history('EUR', `from: "2026-03-01", to: "2026-04-30", step: ${step}`)).map(({ date }) => date);
      // 5 April 2026 is a Sunday.
      expect(await days('WEEK')).toEqual(['2026-04-05', '2026-04-06']);
      expect(await days('MONTH')).toEqual(['2026-03-30', '2026-04-06']);
    });

    it('is empty where nothing is known', async () => {
      expect(await history('EUR', 'from: "2026-03-30"')).toEqual(
        await history('EUR', 'from: "2026-03-30", to: "2036-04-05"'),
      );
      expect(await history('KPW', 'base: "QQQ", from: "2026-03-01", to: "2026-04-30"')).toEqual([]);
      expect(await history('EUR', 'from: "2090-03-01", to: "2090-04-30"')).toEqual([]);
    });

    it('holds at most 3660 days', async () => {
      expect(await history('EUR', 'from: "2026-03-30", to: "2036-04-05"')).not.toEqual([]);
      const ask = (to: string) =>
        codes(`{ currency(code: "EUR") { history(from: "2026-03-30", to: "${to}") { rate } } }`);
      expect(await ask('2036-04-06')).toEqual(['BAD_USER_INPUT']);
      expect(await ask('2026-03-29')).toEqual(['BAD_USER_INPUT']);
      expect(await ask('2026-03-32')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    });
  });

  describe('the rate on a day', () => {
    it('is the last observation up to it, and tells its day', async () => {
      const rateOn = async (on: string) => {
        const { currency } = await data(`{ currency(code: "JPY") { rate(base: "EUR", on: "${on}") { rate date } } }`);
        return (currency as { rate: unknown }).rate;
      };
      expect(await rateOn('2026-04-04')).toEqual({ rate: 200, date: '2026-04-01' });
      // The older of the two: EUR of the 30th, JPY of the 31st.
      expect(await rateOn('2026-03-31')).toEqual({ rate: 200, date: '2026-03-30' });
      expect(await rateOn('2026-03-29')).toBeNull();
      expect(await rateOn('2999-12-31')).toMatchObject({ date: '2026-09-29' });
    });
  });
});
