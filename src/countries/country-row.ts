import type { CountryRow } from '../db/tables.js';
import { toIso } from '../db/tables.js';
import type { Country, CountryFacts, GdpEstimate } from './country.type.js';
import { type AskedFields, EVERY_FIELD } from './country-columns.js';
import type { GdpMethod, NoEstimate, Region } from './gdp.js';
import { countryFacts, FACT_FIELDS } from './reference.js';
import { storedTexts } from './stored-texts.js';

/** From the columns of what was asked for. What was not read is missing in it, for nobody will look at it. */
export function toCountry(row: Partial<CountryRow>, asked: AskedFields = EVERY_FIELD): Country {
  return makerOf(asked)(row as CountryRow);
}

export function toCountries(
  rows: readonly Partial<CountryRow>[],
  asked: AskedFields = EVERY_FIELD,
): Country[] {
  const make = makerOf(asked);
  return rows.map((row) => make(row as CountryRow));
}

function makerOf(asked: AskedFields): (row: CountryRow) => Country {
  if (!FACT_FIELDS.some((field) => asked.has(field))) return (row) => ownFacts(row, asked) as Country;
  // Spread into the literal, so many properties make V8 keep each country as a dictionary: sixty times slower.
  return (row) => Object.assign(ownFacts(row, asked), countryFacts(row.code));
}

/** Where nobody will look. */
const NONE: string[] = [];
const NO_GDP = {} as GdpEstimate;

function ownFacts(row: CountryRow, asked: AskedFields): Omit<Country, keyof CountryFacts> {
  const capitals = row.capitals === undefined ? NONE : storedTexts(row.capitals);
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
    gdp: asked.has('gdp') ? gdpOf(row) : NO_GDP,
    lastRefreshedAt: toIso(row.last_refreshed_at ?? ''),
  };
}

function gdpOf(row: CountryRow): GdpEstimate {
  return {
    value: row.estimated_gdp,
    method: row.gdp_method as GdpMethod,
    perCapita: row.gdp_per_capita,
    year: row.gdp_year,
    reason: row.gdp_reason as NoEstimate | null,
  };
}
