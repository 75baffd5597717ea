import fc from 'fast-check';
import { expect, it } from 'vitest';
import { convertAmount, crossRate } from '../../src/currencies/rates.js';

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
