import { beforeAll, describe, expect, it } from 'vitest';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import { HistoryStep } from '../../src/currencies/currency.type.js';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';
import { rateRow } from '../db/rows.js';

interface FixedCurrency {
  rate: { rate: number };
}

describeMostDatabases((open) => {
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

    it('may have only the last point of each week or month', async () => {
      const days = async (step: string) =>
        (await history('EUR', `from: "2026-03-01", to: "2026-04-30", step: ${step}`)).map(({ date }) => date);
      // 5 April 2026 is a Sunday.
      expect(await days('WEEK')).toEqual(['2026-04-05', '2026-04-06']);
      expect(await days('MONTH')).toEqual(['2026-03-30', '2026-04-06']);
      expect(await days('QUARTER')).toEqual(['2026-03-30', '2026-04-06']);
      expect(await days('YEAR')).toEqual(['2026-04-06']);
    });

    it('is empty where nothing is known', async () => {
      expect(await history('EUR', 'from: "2026-03-30"')).toEqual(
        await history('EUR', 'from: "2026-03-30", to: "2036-04-05"'),
      );
      expect(await history('KPW', 'base: "QQQ", from: "2026-03-01", to: "2026-04-30"')).toEqual([]);
      expect(await history('EUR', 'from: "2090-03-01", to: "2090-04-30"')).toEqual([]);
    });

    it('may be as long as there are days, and ends with the last one', async () => {
      const all = await history('EUR', 'from: "0001-01-01"');
      expect(all).toEqual(await history('EUR', 'from: "2026-03-30", to: "9999-12-31"'));
      expect(all.map(({ date }) => date).slice(0, 2)).toEqual(['2026-03-30', '2026-04-01']);
      const ask = (to: string) =>
        codes(`{ currency(code: "EUR") { history(from: "2026-03-30", to: "${to}") { rate } } }`);
      expect(await ask('2026-03-29')).toEqual(['BAD_USER_INPUT']);
      expect(await ask('2026-03-32')).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    });

    it('of too many observations is an error, whatever the days', async () => {
      const currencies = new CurrencyService(app().context.services.snapshots.pinned(), 4);
      const ask = (from: string) =>
        currencies.history('EUR', { base: 'USD', from, to: '2026-04-30', step: HistoryStep.YEAR });
      expect(await ask('0001-01-01')).toHaveLength(1);
      const both = currencies.history('JPY', {
        base: 'EUR',
        from: '2026-03-30',
        to: '2026-04-30',
        step: HistoryStep.DAY,
      });
      await expect(both).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });

  describe('the periods of a history', () => {
    const periods = async (code: string, args: string) => {
      const figures = 'from to last average min max observations';
      const { currency } = await data(`{ currency(code: "${code}") { periods(${args}) { ${figures} } } }`);
      return (currency as { periods: Record<string, unknown>[] }).periods;
    };

    it('have the last, the mean, the lowest and the highest rate', async () => {
      expect(await periods('EUR', 'from: "2026-03-01", to: "2026-04-30"')).toEqual([
        { from: '2026-03-01', to: '2026-03-31', last: 0.5, average: 0.5, min: 0.5, max: 0.5, observations: 1 },
        { from: '2026-04-01', to: '2026-04-30', last: 1, average: 0.9, min: 0.8, max: 1, observations: 3 },
      ]);
    });

    it('are cut to the requested days, and left out where there is no observation', async () => {
      const spans = async (step: string) => {
        const found = await periods('EUR', `from: "2026-03-30", to: "2026-04-06", step: ${step}`);
        return found.map(({ from, to, observations }) => [from, to, observations]);
      };
      expect(await spans('DAY')).toHaveLength(4);
      expect(await spans('WEEK')).toEqual([
        ['2026-03-30', '2026-04-05', 3],
        ['2026-04-06', '2026-04-06', 1],
      ]);
      expect(await spans('QUARTER')).toEqual([
        ['2026-03-30', '2026-03-31', 1],
        ['2026-04-01', '2026-04-06', 3],
      ]);
      expect(await spans('YEAR')).toEqual([['2026-03-30', '2026-04-06', 4]]);
    });

    it('have the mean of the cross rates, not the quotient of the means', async () => {
      const [april] = await periods('JPY', 'base: "EUR", from: "2026-04-01", to: "2026-04-30"');
      expect(april).toMatchObject({ average: 175, min: 150, max: 200, last: 150, observations: 2 });
      expect(await periods('JPY', 'base: "KPW", from: "2026-04-01", to: "2026-04-30"')).toEqual([]);
    });
  });

  describe('the change of a rate', () => {
    const change = async (code: string, args: string) => {
      const { currency } = await data(`{ currency(code: "${code}") { change(${args}) } }`);
      return (currency as { change: number | null }).change;
    };

    it('is between the last observations up to two days, in percent', async () => {
      expect(await change('EUR', 'from: "2026-03-31", to: "2026-04-04"')).toBe(60);
      expect(await change('EUR', 'from: "2026-04-06", to: "2026-04-07"')).toBe(0);
      expect(await change('JPY', 'base: "EUR", from: "2026-04-01", to: "2026-04-30"')).toBe(-25);
      expect(await change('EUR', 'from: "2026-03-29"')).toBeNull();
      expect(await change('USD', 'base: "EUR", from: "2026-03-30", to: "2026-04-01"')).toBe(-37.5);
      expect(await codes('{ currency(code: "EUR") { change(from: "2026-04-02", to: "2026-04-01") } }')).toEqual([
        'BAD_USER_INPUT',
      ]);
    });

    it('goes to the latest when no day is given', async () => {
      const { currency } = await data('{ currency(code: "EUR") { rate { rate } } }');
      const { rate } = (currency as { rate: { rate: number } }).rate;
      expect(await change('EUR', 'from: "2026-04-06"')).toBeCloseTo((rate - 1) * 100, 10);
    });
  });

  it('the coverage says where a history is not empty', async () => {
    const { currencies } = await data(
      '{ currencies(codes: ["EUR", "CUC", "CKD", "CHF"]) { code coverage { from to } } }',
    );
    expect(currencies).toEqual(
      expect.arrayContaining([
        { code: 'EUR', coverage: { from: '2026-03-30', to: '2026-09-29' } },
        { code: 'CHF', coverage: { from: '2026-09-29', to: '2026-09-29' } },
      ]),
    );
    const service = new CurrencyService(app().context.services.snapshots.pinned());
    const all = (await service.list()).filter(({ code }) => code !== 'USD');
    expect(all.length).toBeGreaterThan(150);
    const range = { base: 'USD', from: '0001-01-01', step: HistoryStep.DAY };
    for (const [code, coverage, history] of await Promise.all(
      all.map(async ({ code }) => [code, await service.coverage(code), await service.history(code, range)] as const),
    )) {
      const expected = history.length > 0 ? { from: history[0]?.date, to: history.at(-1)?.date } : null;
      expect(coverage, code).toEqual(expected);
    }
  });

  describe('a currency that the euro has replaced', () => {
    const CODES = 'ATS BEF BGN CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK'.split(' ');

    it('is converted at its fixed rate, whatever the sources say', async () => {
      const { database } = app().context;
      const rows = ['BGN', 'HRK'].map((code) => rateRow(code, 9, '2026-09-29'));
      await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100));
      const query = '{ currencies(codes: ["DEM", "FRF", "HRK", "BGN"]) { code isoStatus rate(base: "EUR") { rate } } }';
      expect((await data(query)).currencies).toEqual([
        { code: 'BGN', isoStatus: 'HISTORIC', rate: { rate: 1.95583 } },
        { code: 'DEM', isoStatus: 'HISTORIC', rate: { rate: 1.95583 } },
        { code: 'FRF', isoStatus: 'HISTORIC', rate: { rate: 6.55957 } },
        { code: 'HRK', isoStatus: 'HISTORIC', rate: { rate: 7.5345 } },
      ]);
      const list = `[${CODES.map((code) => `"${code}"`).join(', ')}]`;
      const found = await data(`{
        currencies(codes: ${list}) { name numeric countries { code } rate(base: "EUR") { rate } }
        convert(amount: 1000000, from: "EUR", to: ${list}) { to result rate }
      }`);
      const currencies = found.currencies as FixedCurrency[];
      const convert = found.convert as { to: string; result: number; rate: number }[];
      expect(currencies).toHaveLength(CODES.length);
      for (const [at, code] of CODES.entries()) {
        const { rate } = currencies[at]?.rate ?? { rate: 0 };
        expect(currencies[at], code).toMatchObject({
          name: expect.not.stringMatching(code),
          numeric: expect.stringMatching(/^\d{3}$/),
        });
        // At most six significant digits: Council Regulation (EC) 1103/97.
        expect(String(rate).replace('.', '').replace(/^0+/, '').length, code).toBeLessThanOrEqual(6);
        expect(convert[at]).toMatchObject({ to: code, rate });
        expect((convert[at]?.result ?? 0) / 1e6, code).toBeCloseTo(rate, 9);
      }
    });

    it('has the history of the euro since its adoption', async () => {
      const euro = await history('EUR', 'from: "2026-03-30"');
      const marks = await history('DEM', 'from: "2026-03-30"');
      expect(marks.map(({ date }) => date)).toEqual(euro.map(({ date }) => date));
      expect(marks[0]).toEqual({ base: 'USD', quote: 'DEM', rate: 0.977915, date: '2026-03-30' });
      expect((await history('DEM', 'base: "EUR", from: "2026-03-30"')).map(({ rate }) => rate)).toEqual(
        euro.map(() => 1.95583),
      );
    });
  });

  describe('the rate on a day', () => {
    it('is the last observation up to it, with its day', async () => {
      const rateOn = async (on: string) => {
        const { currency } = await data(`{ currency(code: "JPY") { rate(base: "EUR", on: "${on}") { rate date } } }`);
        return (currency as { rate: unknown }).rate;
      };
      expect(await rateOn('2026-04-04')).toEqual({ rate: 200, date: '2026-04-01' });
      // The older of the two: EUR of the 30th, JPY of the 31st.
      expect(await rateOn('2026-03-31')).toEqual({ rate: 200, date: '2026-03-30' });
      expect(await rateOn('2026-03-29')).toBeNull();
      // The US dollar, which all rates are stored against, needs no observation.
      const { currency, convert } = await data(`{ currency(code: "EUR") { rate(on: "2026-03-31") { rate date } }
        convert(amount: 1, from: "USD", to: ["EUR"], on: "2026-03-31") { result date } }`);
      expect(currency).toEqual({ rate: { rate: 0.5, date: '2026-03-30' } });
      expect(convert).toEqual([{ result: 0.5, date: '2026-03-30' }]);
      expect(await rateOn('2999-12-31')).toMatchObject({ date: '2026-09-29' });
    });
  });
});
