import { Region } from '../../src/countries/gdp.js';
import type { CountryRecord } from '../../src/sources/source.js';
import type { Facts } from './facts.js';
import type { Reply } from './reply.js';

/** The whole file of the Countries States Cities Database. */
export function renderCsc({ countries, countriesOn }: Facts): Reply {
  return { body: countries.map(cscCountry), headers: { 'last-modified': httpDate(countriesOn) } };
}

function cscCountry(country: CountryRecord, index: number) {
  const [currency] = country.currencies;
  return {
    id: index + 1,
    name: country.name,
    iso3: country.alpha3,
    iso2: country.code,
    numeric_code: country.numeric ?? '383',
    capital: country.capitals[0] ?? '',
    currency: currency?.code ?? '',
    currency_name: currency?.name ?? '',
    currency_symbol: currency?.symbol ?? '',
    population: country.population,
    gdp: null,
    region: country.region === Region.ANTARCTIC ? 'Polar' : titleCase(country.region),
    subregion: country.subregion ?? '',
    area_sq_km: country.areaKm2 ?? 0,
    translations: { fr: country.name },
    latitude: '12.50000000',
    longitude: '-70.00000000',
  };
}

/** One page of REST Countries v5. */
export function renderV5({ countries }: Facts, url: URL): Reply {
  const limit = Math.min(100, Number(url.searchParams.get('limit') ?? 25));
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const objects = countries.slice(offset, offset + limit).map(v5Country);
  const count = objects.length;
  const total = countries.length;
  const meta = { total, count, limit, offset, more: offset + count < total, request_id: 'r-1', duration: 7 };
  return { body: { data: { objects, meta } } };
}

function v5Country(country: CountryRecord) {
  const { code, alpha3, numeric, name, officialName, population, areaKm2, flagUrl, currencies } = country;
  return {
    names: { common: name, official: officialName ?? name, alternates: [], native: {}, translations: {} },
    codes: { alpha_2: code, alpha_3: alpha3, ccn3: numeric ?? '', cioc: '', fifa: '' },
    capitals: country.capitals.map((capital) => ({ name: capital })),
    flag: { emoji: '', url_png: null, url_svg: flagUrl, description: '' },
    region: titleCase(country.region),
    subregion: country.subregion ?? '',
    area: { kilometers: areaKm2, miles: areaKm2 === null ? null : areaKm2 * 0.386102 },
    borders: [],
    currencies,
    languages: [],
    population: population ?? 0,
    timezones: [],
  };
}

/** The list of REST Countries v3.1, which refuses to send everything. */
export function renderV3({ countries }: Facts, url: URL): Reply {
  if (!hasTenFields(url)) return fieldsMissing;
  return { body: countries.map(v3Country) };
}

function v3Country(country: CountryRecord) {
  return {
    flags: { png: '', svg: country.flagUrl, alt: '' },
    name: { common: country.name, official: country.officialName ?? country.name, nativeName: {} },
    currencies: Object.fromEntries(country.currencies.map(({ code, ...rest }) => [code, rest])),
    cca2: country.code,
    ccn3: country.numeric ?? '',
    cca3: country.code === 'XK' ? 'UNK' : country.alpha3,
    capital: country.capitals,
    region: titleCase(country.region),
    subregion: country.subregion ?? '',
    area: country.areaKm2 ?? 0,
    population: country.population ?? 0,
  };
}

/** The list of REST Countries v2: empty values are left out, and `independent` is in every record. */
export function renderV2({ countries }: Facts, url: URL): Reply {
  if (!hasTenFields(url)) return fieldsMissing;
  return { body: countries.map(v2Country) };
}

function v2Country(country: CountryRecord) {
  const { capitals, currencies, subregion, numeric, areaKm2 } = country;
  return {
    name: country.name,
    alpha2Code: country.code,
    alpha3Code: country.code === 'XK' ? 'UNK' : country.alpha3,
    ...(numeric === null ? {} : { numericCode: numeric }),
    ...(capitals.length === 0 ? {} : { capital: capitals[0] }),
    region: country.region === Region.ANTARCTIC ? 'Antarctic Ocean' : titleCase(country.region),
    ...(subregion === null ? {} : { subregion }),
    population: country.population ?? 0,
    ...(areaKm2 === null ? {} : { area: areaKm2 }),
    flag: country.flagUrl,
    ...(currencies.length === 0 ? {} : { currencies }),
    independent: false,
  };
}

function hasTenFields(url: URL): boolean {
  const fields = (url.searchParams.get('fields') ?? '').split(',').filter(Boolean);
  return fields.length > 0 && fields.length <= 10;
}

const fieldsMissing: Reply = { status: 400, body: { message: "'fields' query not specified", status: 400 } };

function titleCase(region: Region | null): string {
  return region === null ? '' : region.charAt(0) + region.slice(1).toLowerCase();
}

function httpDate(day: string): string {
  return new Date(`${day}T12:34:56Z`).toUTCString();
}
