import { day, month } from '../format.ts';
import type { HistoryStep, RateHistoryQuery } from '../generated/graphql.ts';

/** The rates of a day, a month or a year. */
export type Period = NonNullable<RateHistoryQuery['currency']>['periods'][number];

export function periodName({ from }: Period, step: HistoryStep): string {
  if (step === 'YEAR') return from.slice(0, 4);
  return step === 'MONTH' ? month(from) : day(from);
}
