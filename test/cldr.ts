import { createRequire } from 'node:module';

interface Validity {
  _from?: string;
  _to?: string;
  _tender?: string;
}

const require = createRequire(import.meta.url);
const { region } = require('cldr-core/supplemental/currencyData.json').supplemental.currencyData as {
  region: Record<string, Record<string, Validity>[]>;
};

/** What Unicode CLDR says, read from its package by code other than the product's. Undefined where it knows none. */
export function cldrTender(country: string, day: string): string[] | undefined {
  const entries = (region[country] ?? []).flatMap((entry) => Object.entries(entry));
  const tender = entries.filter(([, { _tender }]) => _tender === undefined);
  if (tender.length === 0) return undefined;
  const codes: string[] = [];
  for (const [code, { _from = '', _to = '9999-12-31' }] of tender) {
    if (_from <= day && day <= _to && !codes.includes(code)) codes.push(code);
  }
  return codes;
}
