import { GdpMethod } from '../../src/countries/gdp.js';
import type { RankedCountry, Summary } from '../../src/summary/summary.js';

/** A summary as a real refresh produces it, with the changes that a test wants. */
export function summaryWith(changes: Partial<Summary> = {}): Summary {
  return {
    countries: 250,
    currencies: 168,
    top: [
      ranked('US', 'United States', 30.62e12),
      ranked('CN', 'China', 19.52e12),
      ranked('DE', 'Germany', 5.05e12),
      ranked('JP', 'Japan', 4.43e12),
      ranked('GB', 'United Kingdom', 3.93e12),
    ],
    ratesObserved: { from: '2026-11-22', to: '2026-11-22' },
    refreshedAt: '2026-11-22T14:05:09.123Z',
    sources: ['Countries States Cities Database', 'currency-api', 'World Bank'],
    bundled: false,
    gdpMethod: GdpMethod.PER_CAPITA,
    ...changes,
  };
}

export function ranked(code: string, name: string, estimatedGdp = 1e12, gdpYear = 2025): RankedCountry {
  return { code, name, estimatedGdp, gdpYear };
}
