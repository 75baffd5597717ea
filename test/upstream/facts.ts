import reference from '../../bundled/reference.json' with { type: 'json' };
import { Region } from '../../src/countries/gdp.js';
import type { CountryRecord } from '../../src/sources/source.js';
import { ISO_3166 } from './iso-3166.js';
import { KNOWN_COUNTRIES } from './known-countries.js';
import { KNOWN_RATES, QUOTED_CURRENCIES } from './known-rates.js';

/** What the stub's upstreams know, in our own shape. A test may change any of it. */
export interface Facts {
  countries: CountryRecord[];
  /** The day of the countries' file. */
  countriesOn: string;
  /** Units of the currency for 1 USD; null is sent as null. */
  rates: Record<string, number | null>;
  /** The day that the rates were observed. */
  ratesOn: string;
  /** By alpha-2 code; null is an economy without a figure. */
  gdp: Record<string, GdpFact | null>;
  gdpOn: string;
}

export interface GdpFact {
  perCapita: number;
  year: number;
}

/** 250 countries, 166 rates and the figures of most countries: made up, except for currencies and what tests name. */
export function createFacts(): Facts {
  return {
    countries: ISO_3166.map(countryFrom),
    countriesOn: '2026-07-11',
    rates: { ...Object.fromEntries(QUOTED_CURRENCIES.map(madeUpRate)), ...KNOWN_RATES },
    ratesOn: '2026-09-29',
    gdp: Object.fromEntries(ISO_3166.map(({ code }, index) => [code, gdpFrom(code, index)])),
    gdpOn: '2026-07-01',
  };
}

/** The country that a test wants to change. */
export function countryFact(facts: Facts, code: string): CountryRecord {
  const country = facts.countries.find((candidate) => candidate.code === code);
  if (!country) throw new Error(`The facts know no country ${code}`);
  return country;
}

const REGIONS = [Region.AFRICA, Region.AMERICAS, Region.ASIA, Region.EUROPE, Region.OCEANIA];
/** Those without an end, which correct sources list. */
const TENDER = new Map(
  reference.records.map(({ code, tender }) => [code, tender.filter(({ to }) => to === null).map((it) => it.code)]),
);
const NAMES = new Intl.DisplayNames(['en'], { type: 'region' });

function countryFrom(iso: (typeof ISO_3166)[number], index: number): CountryRecord {
  const name = NAMES.of(iso.code) ?? iso.code;
  const { gdp: _, ...known } = KNOWN_COUNTRIES[iso.code] ?? {};
  return {
    ...iso,
    name,
    officialName: null,
    capitals: [`Capital of ${name}`],
    region: REGIONS[index % REGIONS.length] ?? null,
    subregion: null,
    population: 10_000 + index * 37_813,
    areaKm2: 100 + index * 1_013,
    flagUrl: `https://flagcdn.com/${iso.code.toLowerCase()}.svg`,
    currencies: (TENDER.get(iso.code) ?? []).map((code) => ({ code, name: null, symbol: null })),
    ...structuredClone(known),
  };
}

function gdpFrom(code: string, index: number): GdpFact | null {
  const known = KNOWN_COUNTRIES[code]?.gdp;
  return known === undefined ? { perCapita: 500 + index * 77.25, year: 2023 + (index % 2) } : known;
}

function madeUpRate(code: string, index: number): [string, number] {
  return [code, 0.25 + index * 1.375];
}
