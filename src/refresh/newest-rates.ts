import type { ExchangeRateRow } from '../db/tables.js';
import type { RateRecord, SourceAnswer, Warning } from './sources/source.js';
import { storedSource } from './sources/source-use.js';

export interface NewestRates {
  /** The last observation of each currency, fetched or stored, in units for 1 USD. */
  perUsd: Map<string, number>;
  /** What is to be written. */
  rows: ExchangeRateRow[];
  warnings: Warning[];
}

/** Rates of an older day than the stored ones are left aside: they would make the data worse. */
export function newestRates(
  answer: SourceAnswer<RateRecord>,
  stored: Map<string, ExchangeRateRow>,
): NewestRates {
  const isOlder = ({ currency, observedOn }: RateRecord) =>
    observedOn < (stored.get(currency)?.observed_on ?? '');
  const rows = answer.records.filter((record) => !isOlder(record)).map(toRow(storedSource(answer.use)));
  const perUsd = new Map([...stored.values(), ...rows].map((row) => [row.currency_code, row.rate]));
  const older = answer.records.length - rows.length;
  return { perUsd, rows, warnings: older === 0 ? [] : [olderWarning(older)] };
}

function toRow(source: string) {
  return ({ currency, observedOn, rate }: RateRecord): ExchangeRateRow => ({
    currency_code: currency,
    observed_on: observedOn,
    rate,
    source,
  });
}

function olderWarning(count: number): Warning {
  return {
    code: 'OLDER_RATES',
    country: null,
    currency: null,
    message: `${count} rates are of an older day than the stored ones; the stored ones were kept`,
  };
}
