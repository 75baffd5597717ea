import type { CountryRow } from '../db/tables.js';
import { toIso } from '../db/time.js';
import type { Country } from './country.type.js';
import { countryFacts } from './country-facts.js';
import type { CountryFacts } from './country-facts.type.js';
import type { GdpMethod, NoEstimate } from './estimate.js';
import type { Region } from './region.js';

export function toCountry(row: CountryRow): Country {
  // Spread into the literal, so many properties make V8 keep each country as a dictionary: sixty times slower.
  return Object.assign(ownFacts(row), countryFacts(row.code));
}

function ownFacts(row: CountryRow): Omit<Country, keyof CountryFacts> {
  const capitals = JSON.parse(row.capitals) as string[];
  return {
    id: row.code,
    code: row.code,
    alpha3: row.alpha3,
    numeric: row.numeric_code,
    englishName: row.name,
    nameKey: row.name_key,
    officialName: row.official_name,
    capital: capitals[0] ?? null,
    capitals,
    region: row.region as Region | null,
    subregion: row.subregion,
    population: row.population,
    areaKm2: row.area_km2,
    flagUrl: row.flag_url,
    currencyCode: row.currency_code,
    exchangeRate: row.exchange_rate,
    estimatedGdp: row.estimated_gdp,
    gdp: {
      value: row.estimated_gdp,
      method: row.gdp_method as GdpMethod,
      perCapita: row.gdp_per_capita,
      year: row.gdp_year,
      reason: row.gdp_reason as NoEstimate | null,
    },
    lastRefreshedAt: toIso(row.last_refreshed_at),
  };
}
