import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { ConvertDocument, CurrencyByCodeDocument, RefreshCountriesDocument } from '../client/generated/graphql.js';
import { describeMostDatabases } from '../databases.js';

describeMostDatabases((open) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp((await open()).url);
    await app.query(RefreshCountriesDocument, {});
    app.upstream.facts.ratesOn = '2026-10-02';
    app.upstream.facts.rates = { ...app.upstream.facts.rates, EUR: 0.5, JPY: 150.5, KWD: 0.25 };
    await app.query(RefreshCountriesDocument, {});
  });
  afterAll(() => app.close());

  describe('currency', () => {
    it('has its names, its rate and its countries', async () => {
      const { currency } = await app.query(CurrencyByCodeDocument, { code: 'chf' });
      expect(currency).toMatchObject({
        code: 'CHF',
        german: 'Schweizer Franken',
        rate: { date: '2026-10-02' },
      });
      const users = app.upstream.facts.countries.filter((it) => it.currencies.some(({ code }) => code === 'CHF'));
      expect(currency?.countries.map((it) => it.name)).toEqual(users.map((it) => it.name).sort());
    });

    it('has the last observation up to a day as its rate', async () => {
      const rateOn = async (on: string) =>
        (await app.query(CurrencyByCodeDocument, { code: 'EUR', on })).currency?.rate;
      expect(await rateOn('2026-10-01')).toMatchObject({ date: '2026-09-29' });
      expect(await rateOn('2026-10-02')).toMatchObject({ date: '2026-10-02', rate: 0.5 });
      expect(await rateOn('2099-01-01')).toMatchObject({ date: '2026-10-02' });
      expect(await rateOn('2026-09-28')).toBeNull();
    });

    it('has a rate against any base', async () => {
      const { currency } = await app.query(CurrencyByCodeDocument, { code: 'JPY', base: 'EUR' });
      expect(currency?.rate).toEqual({ base: 'EUR', quote: 'JPY', rate: 301, date: '2026-10-02' });
    });

    it('has no rate where there is none', async () => {
      const { currency } = await app.query(CurrencyByCodeDocument, { code: 'KPW' });
      expect(currency).toMatchObject({ code: 'KPW', rate: null });
    });

    it('is null when unknown', async () => {
      expect(await app.query(CurrencyByCodeDocument, { code: 'QQQ' })).toEqual({ currency: null });
    });
  });

  describe('rate', () => {
    const ask = async (args: string) => app.post(`{ rate(${args}) { base quote rate date } }`);

    it('is that of a pair, from the US dollar by default', async () => {
      const pair = await ask('base: "eur", quote: "JPY"');
      expect(pair.data?.rate).toEqual({ base: 'EUR', quote: 'JPY', rate: 301, date: '2026-10-02' });
      expect((await ask('quote: "EUR"')).data?.rate).toMatchObject({ base: 'USD', quote: 'EUR', rate: 0.5 });
      expect((await ask('quote: "EUR", on: "2026-10-01"')).data?.rate).toMatchObject({ date: '2026-09-29' });
    });

    it('is null where there is none, and requires valid arguments', async () => {
      expect(await ask('quote: "KPW"')).toMatchObject({ data: { rate: null }, errors: [] });
      expect(await ask('base: "QQQ", quote: "EUR"')).toMatchObject({ data: { rate: null }, errors: [] });
      for (const args of ['quote: "E"', 'base: "EUR"', 'quote: "EUR", on: "yesterday"']) {
        expect((await ask(args)).errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
      }
    });
  });

  describe('convert', () => {
    it('converts one unit unless told otherwise', async () => {
      const query = 'query ($amount: Float) { convert(amount: $amount, from: "USD", to: ["EUR"]) { amount result } }';
      expect((await app.post(query)).data).toEqual({ convert: [{ amount: 1, result: 0.5 }] });
    });

    it("rounds to each currency's minor unit", async () => {
      const { convert } = await app.query(ConvertDocument, {
        amount: 10.01,
        from: 'EUR',
        to: ['JPY', 'KWD', 'USD', 'EUR'],
      });
      expect(convert.map((it) => [it?.to, it?.result])).toEqual([
        ['JPY', 3013],
        ['KWD', 5.005],
        ['USD', 20.02],
        ['EUR', 10.01],
      ]);
    });

    it('answers what it can, and says for each entry what it cannot', async () => {
      const { data, errors } = await app.ask(ConvertDocument, {
        amount: 1,
        from: 'USD',
        to: ['EUR', 'KPW', 'JPY'],
      });
      expect(data?.convert.map((it) => it?.result ?? null)).toEqual([0.5, null, 151]);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ path: ['convert', 1], extensions: { code: 'RATE_UNAVAILABLE' } });
    });

    it('uses the rates of a past day', async () => {
      const { convert } = await app.query(ConvertDocument, {
        amount: 1,
        from: 'USD',
        to: ['EUR'],
        on: '2026-10-01',
      });
      expect(convert[0]).toMatchObject({ date: '2026-09-29' });
    });

    it('refuses amounts that are not numbers, and invalid days', async () => {
      for (const amount of ['"NaN"', '1e999', 'Infinity']) {
        const { errors } = await app.post(`{ convert(amount: ${amount}, from: "USD", to: ["EUR"]) { result } }`);
        expect(errors.length).toBeGreaterThan(0);
        expect(errors[0]?.extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
      }
      const { errors } = await app.ask(ConvertDocument, {
        amount: 1,
        from: 'USD',
        to: ['EUR'],
        on: '2026-02-30',
      });
      expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    });
  });
});
