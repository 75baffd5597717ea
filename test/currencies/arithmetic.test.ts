import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import { changeOf, convertAmount, crossHistory, crossRate } from '../../src/currencies/rates.js';

it.each([
  [1.005, 1, 1, 2, 1.01],
  [2.5, 1, 1, 0, 3],
  [-2.5, 1, 1, 0, -3],
  [0.1, 1, 3, 2, 0.3],
  [1e15, 1, 1, 2, 1e15],
  [100, 157.47729333, 0.88022588, 2, 0.56],
])('%d at %d to %d with %d digits is %d', (amount, from, to, digits, result) => {
  expect(convertAmount(amount, from, to, digits)).toBe(result);
});

it('leaves a rate against the US dollar as it was observed, to the last digit', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (rate) => {
      expect(crossRate(1, rate)).toBe(rate);
      expect(crossRate(rate, rate)).toBe(1);
    }),
  );
});

/** Rates that a database may hold when it was filled in another way. */
const positive = fc.oneof(
  fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }),
  fc.constantFrom(5e-324, 1e-300, 1, 1e300, 1e308),
);

it('answers a rate that is a number, or says that there is none, whatever the two rates are', async () => {
  await fc.assert(
    fc.asyncProperty(
      positive,
      positive,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      async (from, to, amount) => {
        const service = serving({ CHF: from, JPY: to });
        const unavailable = { code: 'RATE_UNAVAILABLE' };
        const rate = await service.rate('JPY', 'CHF').catch((error) => error);
        if (Number.isFinite(rate.rate)) expect(rate.rate).toBeGreaterThan(0);
        else expect(rate).toMatchObject(unavailable);
        const [converted] = await service.convert(amount, 'CHF', ['JPY']);
        if (converted && 'result' in converted) {
          expect([converted.result, converted.rate].every(Number.isFinite)).toBe(true);
          expect(converted.rate).toBe(rate.rate);
        } else expect(converted).toMatchObject({ code: expect.stringMatching(/^(RATE_UNAVAILABLE|BAD_USER_INPUT)$/) });
        const points = crossHistory(['CHF', seriesOf('CHF', from)], ['JPY', seriesOf('JPY', to)]);
        expect(points.map((point) => point.rate)).toEqual(Number.isFinite(rate.rate) ? [rate.rate] : []);
      },
    ),
  );
});

it('answers a change in percent that is a number, or says that there is none', () => {
  fc.assert(
    fc.property(positive, positive, (before, after) => {
      try {
        const change = changeOf(before, after);
        expect(change).toBeGreaterThanOrEqual(-100);
        expect(change).toBeLessThan(Number.POSITIVE_INFINITY);
      } catch (error) {
        expect(error).toMatchObject({ code: 'RATE_UNAVAILABLE' });
        expect(after / before).toBeGreaterThan(1e300);
      }
    }),
  );
});

it('says why there is no rate between the largest and the smallest number', async () => {
  const service = serving({ CHF: 5e-324, JPY: 1e308 });
  for (const [quote, base] of [
    ['JPY', 'CHF'],
    ['CHF', 'JPY'],
  ] as const) {
    await expect(service.rate(quote, base)).rejects.toMatchObject({
      code: 'RATE_UNAVAILABLE',
      message: `The rate of ${quote} for 1 ${base} is too large or too small for a number`,
    });
    expect(await service.convert(1, base, [quote])).toMatchObject([{ code: 'RATE_UNAVAILABLE' }]);
  }
});

/** The service over these rates, without a database: it reads only the past. */
function serving(rates: Record<string, number>): CurrencyService {
  const currencies = Object.entries(rates).map(([code, rate]) => {
    return [code, { code, lastRate: rowOf(code, rate) }] as const;
  });
  const known = new Map(currencies);
  const current = async () => ({ currencies: known, allCurrencies: known });
  return new CurrencyService({ current } as unknown as ConstructorParameters<typeof CurrencyService>[0]);
}

function seriesOf(code: string, rate: number) {
  return new Map([['2026-01-01', rowOf(code, rate)]]);
}

function rowOf(code: string, rate: number) {
  return { currency_code: code, observed_on: '2026-01-01', rate, source: 'x' };
}
