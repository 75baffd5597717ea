import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ReferenceUse, Tender } from '../src/countries/reference.js';

const require = createRequire(import.meta.url);

/** As in its file: each entry has one code. */
interface CurrencyData {
  supplemental: { currencyData: { region: Record<string, Record<string, Validity>[]> } };
}

interface Validity {
  _from?: string;
  _to?: string;
  _tender?: 'false';
}

const { region } = (require('cldr-core/supplemental/currencyData.json') as CurrencyData).supplemental.currencyData;

/** All currencies that a country has had, in CLDR's order, without bond units and others that are not legal tender. */
export function tenderOf(country: string): Tender[] {
  const entries = (region[country] ?? []).flatMap((entry) => Object.entries(entry));
  return entries
    .filter(([, { _tender }]) => _tender !== 'false')
    .map(([code, { _from, _to = null }]) => {
      if (_from === undefined) throw new Error(`CLDR does not say since when ${country} has ${code}`);
      return { code, from: _from, to: _to };
    });
}

export function cldrUse(): ReferenceUse {
  const { version } = require('cldr-core/package.json') as { version: string };
  return {
    source: 'cldr',
    url: `https://www.npmjs.com/package/cldr-core/v/${version}`,
    observedAt: null,
    licence: 'Unicode-3.0',
    attribution: `Unicode CLDR: legal tender, languages, time zones (cldr-core and cldr-bcp47 ${version})`,
    bundled: true,
  };
}

/** Copies of the data must come with it. */
export function cldrLicence(): Promise<string> {
  return readFile(require.resolve('cldr-core/LICENSE'), 'utf8');
}
