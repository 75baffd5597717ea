import type { Currency } from '../currencies/currency.type.js';
import { readCurrencies } from '../currencies/repository.js';
import type { Database } from '../db/database.js';
import { type CountryCurrencyRow, type CountryRow, type ExchangeRateRow, toIso } from '../db/tables.js';
import { Figures } from '../provenance/credits.js';
import { type ServedFigure, type ServedSources, servedSources, sourceOf } from '../provenance/data-source.js';
import type { Continent, Country, GdpEstimate, RemovedCountry } from './country.type.js';
import { GdpMethod, gdpCoverage, type NoEstimate, Region } from './gdp.js';
import { nameKey, searchKey } from './name-key.js';
import { countryFacts, NO_FACTS, referenceCredits } from './reference.js';
import { currenciesOn, isWithdrawn, tenderOn } from './tender.js';

/** All countries and currencies as of one data version and day, linked with each other. */
export interface Snapshot {
  /** The data version and the changes of legal tender so far. Neither decreases, so their sum changes with each. */
  version: number;
  tenderChanges: number;
  /** The last successful one. */
  lastRefresh: LastRefresh | null;
  /** By name. */
  countries: readonly Country[];
  /** All that a country uses or that have a rate, ordered by code. */
  currencies: ReadonlyMap<string, UsedCurrency>;
  /** Including those of the past. */
  allCurrencies: ReadonlyMap<string, UsedCurrency>;
  /** The countries that were deleted permanently, by code. */
  removed: readonly RemovedCountry[];
  /** The sources of countries, latest rates, GDP figures and reference facts. */
  sources: ServedSources;
  /** By alpha-2 and alpha-3 code. */
  byCode: ReadonlyMap<string, Country>;
  /** By English names, folded by searchKey: a source may give several countries the same. */
  byCommonName: ReadonlyMap<string, readonly Country[]>;
  byOfficialName: ReadonlyMap<string, readonly Country[]>;
}

interface LastRefresh {
  id: string;
  /** By the clock of its process. */
  finishedAt: string;
}

export interface UsedCurrency extends Currency {
  /** By name. */
  countries: Country[];
}

type SnapshotTables = Awaited<ReturnType<typeof readTables>>;

export async function readTables(database: Database) {
  const { kysely } = database;
  const [countries, links, currencies, removed, lastRefresh] = await Promise.all([
    kysely.selectFrom('countries').selectAll().orderBy('code').execute(),
    kysely.selectFrom('country_currencies').selectAll().orderBy('position').execute(),
    readCurrencies(database),
    kysely.selectFrom('removed_countries').selectAll().orderBy('code').execute(),
    readLastRefresh(database),
  ]);
  return { countries, links, currencies, removed, lastRefresh };
}

async function readLastRefresh({ kysely }: Database): Promise<LastRefresh | null> {
  const row = await kysely
    .selectFrom('refreshes')
    .select(['id', 'started_at', 'finished_at'])
    .where('state', '=', 'SUCCEEDED')
    .orderBy('sequence', 'desc')
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { id: row.id, finishedAt: toIso(row.finished_at ?? row.started_at) } : null;
}

export function createSnapshot(version: number, changes: number, tables: SnapshotTables, day: string): Snapshot {
  const allCurrencies = new Map(
    currenciesOn(day, tables.currencies).map((it): [string, UsedCurrency] => [it.code, { ...it, countries: [] }]),
  );
  const quoted = new Set(tables.currencies.filter(({ lastRate }) => lastRate !== null).map(({ code }) => code));
  const quotes = [...quoted].flatMap((code) => allCurrencies.get(code)?.lastRate ?? []);
  const sources = servedSources(servedFigures(tables, quotes), referenceCredits());
  const currenciesOf = ({ code }: CountryRow) => {
    const codes = tenderOn(code, day) ?? listedOn(day, code, tables.links);
    return codes.flatMap((it) => allCurrencies.get(it) ?? []);
  };
  const countries = tables.countries.map((row) => toCountry(row, currenciesOf(row), sources));
  const byCode = new Map([
    ...countries.map((it) => [it.alpha3, it] as const),
    ...countries.map((it) => [it.code, it] as const),
  ]);
  const sorted = countries.toSorted(compareNames);
  for (const country of sorted) linkBack(country, byCode);
  return {
    version: version + changes,
    tenderChanges: changes,
    lastRefresh: tables.lastRefresh,
    countries: Object.freeze(sorted.map((country) => Object.freeze(country))),
    currencies: new Map([...allCurrencies].filter(([code, it]) => it.countries.length > 0 || quoted.has(code))),
    allCurrencies,
    sources,
    removed: tables.removed.map(({ code, name, removed_at }) => ({ code, name, removedAt: toIso(removed_at) })),
    byCode,
    byCommonName: indexBy(countries, ({ searchKeys: [common] }) => common),
    byOfficialName: indexBy(countries, ({ searchKeys: [, official] }) => official),
  };
}

function listedOn(day: string, country: string, links: readonly CountryCurrencyRow[]): string[] {
  const codes = links.filter((link) => link.country_code === country).map((link) => link.currency_code);
  return codes.filter((code) => !isWithdrawn(code, day));
}

function servedFigures({ countries }: SnapshotTables, quotes: readonly ExchangeRateRow[]): ServedFigure[] {
  return [
    ...countries.flatMap(({ code, source, observed_on, gdp_source, gdp_year }) => [
      { figures: Figures.COUNTRIES, source, from: observed_on, to: observed_on },
      ...(gdp_source && gdp_year ? [gdpFigure(gdp_source, gdp_year)] : []),
      ...(countryFacts().has(code) ? referenceFigures() : []),
    ]),
    ...quotes.map((it) => ({ figures: Figures.RATES, source: it.source, from: it.observed_on, to: it.observed_on })),
  ];
}

function referenceFigures(): ServedFigure[] {
  return referenceCredits().map(({ name }) => ({ figures: Figures.REFERENCE, source: name, from: null, to: null }));
}

function gdpFigure(source: string, year: number): ServedFigure {
  return { figures: Figures.GDP, source, from: `${year}-01-01`, to: `${year}-12-31` };
}

/** Currency and rate are those of the day; the stored ones are those of the last refresh. */
function toCountry(row: CountryRow, currencies: Currency[], sources: ServedSources): Country {
  const capitals = JSON.parse(row.capitals) as string[];
  const currency = currencies.find(({ lastRate }) => lastRate !== null) ?? currencies[0] ?? null;
  const exchangeRate = currency?.lastRate?.rate ?? null;
  const gdp = toGdpEstimate(row, exchangeRate, sources);
  const own = {
    id: row.code,
    code: row.code,
    alpha3: row.alpha3,
    numeric: row.numeric_code,
    englishName: row.name,
    nameKey: nameKey(row.name),
    officialName: row.official_name,
    officialNameKey: row.official_name === null ? null : nameKey(row.official_name),
    searchKeys: [row.name, row.official_name ?? ''].map(searchKey),
    capital: capitals[0] ?? null,
    capitals,
    capitalKeys: capitals.map(nameKey),
    region: row.region as Region | null,
    subregion: row.subregion,
    continent: continentOf(row.region as Region | null, row.subregion),
    population: row.population,
    areaKm2: row.area_km2,
    flagEmoji: flagEmoji(row.code),
    flagUrl: row.flag_url,
    currency,
    currencies,
    exchangeRate,
    estimatedGdp: gdp.value,
    gdpPerCapita: gdp.perCapita,
    gdp,
    borders: [],
    lastRefreshedAt: toIso(row.last_refreshed_at),
    source: sourceOf(sources, Figures.COUNTRIES, row.source),
  };
  // Spread into the literal, they would make V8 store each country as a dictionary, which is sixty times slower.
  return Object.assign(own, countryFacts().get(row.code) ?? NO_FACTS);
}

function toGdpEstimate(row: CountryRow, rate: number | null, sources: ServedSources): GdpEstimate {
  const { code, gdp_source, gdp_year, population_source, population_observed_on, last_refreshed_at } = row;
  return {
    value: estimateAt(rate, row),
    method: row.gdp_method as GdpMethod,
    perCapita: row.gdp_per_capita,
    year: gdp_year,
    reason: row.gdp_reason as NoEstimate | null,
    source: gdp_source === null ? null : sourceOf(sources, Figures.GDP, gdp_source),
    population: row.population,
    populationSource: population_source === null ? null : sourceOf(sources, Figures.COUNTRIES, population_source),
    populationAsOf: population_observed_on,
    coverage: gdp_year === null ? null : gdpCoverage(code, gdp_year, population_observed_on ?? last_refreshed_at),
  };
}

/** The multiplier method divides by the rate of the refresh; the one served now may be that of another currency. */
function estimateAt(rate: number | null, { gdp_method, estimated_gdp, exchange_rate }: CountryRow): number | null {
  if (gdp_method !== GdpMethod.MULTIPLIER || rate === exchange_rate) return estimated_gdp;
  if (estimated_gdp === null || exchange_rate === null || rate === null) return estimated_gdp;
  return (estimated_gdp * exchange_rate) / rate;
}

/** Derived, so that it cannot contradict the two. Null where the source does not say which America it is in. */
function continentOf(region: Region | null, subregion: string | null): Continent | null {
  if (region === null) return null;
  if (region === Region.ANTARCTIC) return 'ANTARCTICA';
  if (region !== Region.AMERICAS) return region;
  if (subregion === null) return null;
  return subregion === 'South America' ? 'SOUTH_AMERICA' : 'NORTH_AMERICA';
}

/** Regional indicator letters. */
function flagEmoji(code: string): string {
  return String.fromCodePoint(...Array.from(code, (letter) => 0x1f1a5 + letter.charCodeAt(0)));
}

/** Called in the order of the names, so that the lists are in that order. */
function linkBack(country: Country, byCode: ReadonlyMap<string, Country>): void {
  for (const currency of country.currencies) (currency as UsedCurrency).countries.push(country);
  // Borders are mutual.
  for (const code of country.borderCodes) byCode.get(code)?.borders.push(country);
}

function indexBy(countries: readonly Country[], keyOf: (country: Country) => string | undefined) {
  const index = new Map<string, Country[]>();
  for (const country of countries) {
    const key = keyOf(country);
    if (key) index.set(key, [...(index.get(key) ?? []), country]);
  }
  return index;
}

export function compareNames(a: Country, b: Country): number {
  const isFirst = a.nameKey === b.nameKey ? a.code < b.code : a.nameKey < b.nameKey;
  return isFirst ? -1 : 1;
}
