import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Country } from '../../src/countries/country.type.js';
import { summarise } from '../../src/countries/country-stats.js';
import { GdpMethod } from '../../src/countries/gdp.js';
import { referenceFacts } from '../../src/countries/reference.js';
import { convertAmount, exchangeRate } from '../../src/currencies/rates.js';
import { AppError } from '../../src/errors.js';
import { merge } from '../../src/refresh/merge.js';
import type { Stored } from '../../src/refresh/model.js';
import { countriesSources, gdpSource, ratesSources } from '../../src/sources/sources.js';
import { validateCountries } from '../../src/sources/validate-countries.js';
import { validateGdp, validateRates } from '../../src/sources/validate-figures.js';
import { runs } from '../runs.js';

const now = new Date('2026-10-01T12:00:00Z');
const url = 'http://x/';
const iso = [...referenceFacts().values()];

/** Any JSON number, including the largest and smallest. */
const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom(0, -0, 1, 1e308, Number.MAX_VALUE, 5e-324, 2 ** 53, 1e12, 1e-9, 1e10, 1e7, 5.1e8),
  fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
);
const figures = fc.record({ population: number, areaKm2: number, perCapita: number, rate: number });

test.each(Object.values(GdpMethod))('whatever numbers the sources send, %s yields finite ones', (gdpMethod) => {
  fc.assert(
    fc.property(
      fc.array(figures, { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (all, luck) => {
        const fetched = { countries: countriesWith(all), rates: ratesWith(all), gdp: gdpWith(all), warnings: [] };
        const { countries, rates } = merge(fetched, nothing(), { now, gdpMethod, random: () => luck });
        for (const row of [...countries, ...rates]) {
          const numbers = Object.values(row).filter((value) => typeof value === 'number');
          expect(numbers.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
        }
        const [sums] = summarise(countries.map(asCountry), null);
        expect([sums?.population, sums?.areaKm2, sums?.estimatedGdp].every((sum) => Number.isFinite(sum ?? 0))).toBe(
          true,
        );
        for (const base of rates) {
          for (const quote of rates.slice(0, 10)) {
            expect(exchangeRate(base, quote)).not.toBeInstanceOf(AppError);
            expect(convertAmount(1e12, base.rate, quote.rate, 2)).toBeLessThan(Number.POSITIVE_INFINITY);
          }
        }
      },
    ),
    { numRuns: runs(30) },
  );
});

type Figures = { population: number; areaKm2: number; perCapita: number; rate: number };
const pick = (all: Figures[], index: number) => all[index % all.length] as Figures;

function countriesWith(all: Figures[]) {
  const raw = iso.map(({ code, alpha3, numeric, officialName }, index) => {
    const { population, areaKm2 } = pick(all, index);
    const names = { name: officialName, officialName, capitals: [], region: null, subregion: null, flagUrl: null };
    const currencies = [{ code: index % 2 ? 'EUR' : 'CHF', name: null, symbol: null }];
    return { code, alpha3, numeric, ...names, population: Math.floor(population), areaKm2, currencies };
  });
  return validateCountries(countriesSources.csc, raw, { url, lastModified: null });
}

function ratesWith(all: Figures[]) {
  const codes = ['EUR', 'CHF', 'JPY', 'GBP', 'KWD'];
  const raw = codes.map((currency, index) => ({ currency, rate: pick(all, index).rate, observedOn: '2026-09-29' }));
  return validateRates(ratesSources['currency-api'], raw, { url, observedOn: '2026-09-29', minimum: 0 });
}

function gdpWith(all: Figures[]) {
  const raw = iso.map(({ code }, index) => ({ code, perCapita: pick(all, index).perCapita, year: '2024' }));
  try {
    return validateGdp(gdpSource, raw, { url, observedAt: null });
  } catch {
    return null;
  }
}

function asCountry(row: { population: number | null; area_km2: number | null; estimated_gdp: number | null }): Country {
  return { population: row.population, areaKm2: row.area_km2, estimatedGdp: row.estimated_gdp } as Country;
}

function nothing(): Stored {
  const none = { countries: new Map(), currencies: new Map(), rates: new Map(), quarantined: new Map() };
  return { ...none, links: [], excluded: new Set(), sources: [], refreshedAt: null };
}
