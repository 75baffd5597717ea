import { Decimal } from 'decimal.js';

/** All rates are kept against one currency; every other pair is a cross rate. */
export const PIVOT = 'USD';

/** What a double holds for certain: more digits would be noise of the division. */
const RATE_DIGITS = 15;

const Exact = Decimal.clone({ precision: 40, rounding: Decimal.ROUND_HALF_UP });

/** Units of `quote` for 1 `base`, both given in units for 1 USD. */
export function crossRate(basePerUsd: number, quotePerUsd: number): number {
  if (basePerUsd === 1) return quotePerUsd;
  if (basePerUsd === quotePerUsd) return 1;
  return new Exact(quotePerUsd).div(basePerUsd).toSignificantDigits(RATE_DIGITS).toNumber();
}

/** The amount in the other currency, rounded half up (away from zero) to its minor unit. */
export function convertAmount(amount: number, fromPerUsd: number, toPerUsd: number, digits: number): number {
  return new Exact(amount).mul(toPerUsd).div(fromPerUsd).toDecimalPlaces(digits).toNumber();
}
