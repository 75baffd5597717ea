import { estimateGdp, type GdpMethod } from '../countries/gdp.js';
import { referenceFacts, referenceSymbol } from '../countries/reference.js';
import { toDay } from '../days.js';
import { type CountryCurrencyRow, type CountryRow, type CurrencyRow, toStored } from '../db/tables.js';
import {
  type CountryRecord,
  type CurrencyRecord,
  type GdpRecord,
  type SourceUse,
  storedSource,
  type Warning,
} from '../sources/source.js';
import {
  currenciesByCountry,
  currencyWarnings,
  keepKnownFacts,
  refuseOlderSet,
  refuseShrunkenSet,
  unnamed,
  withoutFutureRates,
} from './country-policy.js';
import type { Changes, Fetched, Merged, Stored } from './model.js';
import { believableRates } from './rate-policy.js';
import type { FieldChange } from './refresh.type.js';

export interface MergeOptions {
  now: Date;
  gdpMethod: GdpMethod;
  /** From 0 up to 1, for the multiplier method. */
  random: () => number;
  /** Believe figures that have moved together. */
  force?: boolean;
}

/** Combines the answers with what is stored. Pure: the same input gives the same output. */
export function merge(answers: Fetched, stored: Stored, options: MergeOptions): Merged {
  const fetched = { ...answers, rates: withoutFutureRates(answers.rates, options.now) };
  refuseShrunkenSet(fetched, stored);
  refuseOlderSet(fetched.countries, stored);
  const { perUsd, ...rates } = believableRates(fetched.rates, stored, options.force);
  const figures = gdpFigures(fetched.gdp, stored);
  const common = editionOf(fetched.countries.use, options.now);
  const wanted = fetched.countries.records.filter((record) => !stored.excluded.has(record.code));
  const day = toDay(options.now);
  const records = wanted.map(keepKnownFacts(stored, day));
  const countries = records.map((country, at) => {
    const row = countryRow(country, common, perUsd, figures, options);
    return wanted[at]?.population === row.population ? row : { ...row, ...populationOrigin(stored, row) };
  });
  const links = records.flatMap(countryLinks);
  const missing = missingFrom(countries, fetched, stored);
  return {
    ...rates,
    counts: {
      received: fetched.countries.received,
      rejected: fetched.countries.received - fetched.countries.records.length,
      excluded: fetched.countries.records.length - records.length,
      missing: missing.length,
      missingCodes: missing.map((row) => row.code),
      ...changes(countries, links, stored),
    },
    countries,
    links,
    removedLinks: removed(countries, links, stored),
    currencies: currencyRows(links, fetched, stored),
    warnings: [
      ...fetched.warnings,
      ...fetched.countries.warnings,
      ...fetched.rates.warnings,
      ...(fetched.gdp?.warnings ?? []),
      ...currencyWarnings({ ...fetched.countries, records: wanted }, day),
      ...rates.warnings,
      ...missing.map(missingWarning),
    ],
  };
}

type Edition = Pick<CountryRow, 'source' | 'observed_on' | 'last_refreshed_at'>;

function editionOf(use: SourceUse, now: Date): Edition {
  return { source: storedSource(use), observed_on: use.observedAt, last_refreshed_at: toStored(now) };
}

/** For a population that the source did not send: the stored one was kept. */
function populationOrigin({ countries }: Stored, { code }: CountryRow) {
  const { population_source = null, population_observed_on = null } = countries.get(code) ?? {};
  return { population_source, population_observed_on };
}

type Figure = Pick<GdpRecord, 'perCapita' | 'year'> & { source: string | null };

/** A stored figure stays where the answer has none, or one of an earlier year. */
function gdpFigures(gdp: Fetched['gdp'], stored: Stored): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const row of stored.countries.values()) {
    if (row.gdp_per_capita !== null && row.gdp_year !== null) {
      figures.set(row.code, { perCapita: row.gdp_per_capita, year: row.gdp_year, source: row.gdp_source });
    }
  }
  if (gdp === null) return figures;
  const source = storedSource(gdp.use);
  for (const { code, perCapita, year } of gdp.records) {
    if (year >= (figures.get(code)?.year ?? 0)) figures.set(code, { perCapita, year, source });
  }
  return figures;
}

function countryRow(
  country: CountryRecord,
  edition: Edition,
  perUsd: Map<string, number>,
  figures: Map<string, Figure>,
  { gdpMethod, random }: MergeOptions,
): CountryRow {
  const codes = country.currencies.map((currency) => currency.code);
  const currency = codes.find((code) => perUsd.has(code)) ?? codes[0] ?? null;
  const exchangeRate = currency === null ? null : (perUsd.get(currency) ?? null);
  const figure = figures.get(country.code);
  const perCapita = figure?.perCapita ?? null;
  // Sources spell names and capitals in many ways, and some in other languages.
  const { name, officialName, capitals } = referenceFacts().get(country.code) ?? country;
  const input = { population: country.population, perCapita, currency, exchangeRate };
  const estimate = estimateGdp(input, gdpMethod, random);
  return {
    code: country.code,
    alpha3: country.alpha3,
    numeric_code: country.numeric,
    name,
    official_name: officialName,
    capitals: JSON.stringify(capitals),
    region: country.region,
    subregion: country.subregion,
    population: country.population,
    area_km2: country.areaKm2,
    flag_url: country.flagUrl ?? `https://flagcdn.com/${country.code.toLowerCase()}.svg`,
    currency_code: currency,
    exchange_rate: exchangeRate,
    gdp_per_capita: perCapita,
    gdp_year: figure?.year ?? null,
    estimated_gdp: estimate.value,
    gdp_method: gdpMethod,
    gdp_reason: estimate.reason,
    ...edition,
    population_source: country.population === null ? null : edition.source,
    population_observed_on: country.population === null ? null : edition.observed_on,
    gdp_source: figure?.source ?? null,
  };
}

function countryLinks({ code, currencies }: CountryRecord): CountryCurrencyRow[] {
  return currencies.map((currency, position) => ({ country_code: code, currency_code: currency.code, position }));
}

function removed(countries: CountryRow[], links: CountryCurrencyRow[], stored: Stored) {
  const keyOf = ({ country_code, currency_code }: CountryCurrencyRow) => `${country_code} ${currency_code}`;
  const refreshed = new Set(countries.map((row) => row.code));
  const kept = new Set(links.map(keyOf));
  return stored.links.filter((link) => refreshed.has(link.country_code) && !kept.has(keyOf(link)));
}

/** Every currency that a country uses, that the source lists or that has a rate. Known names and symbols are kept. */
function currencyRows(links: CountryCurrencyRow[], { countries, rates }: Fetched, stored: Stored): CurrencyRow[] {
  const rows = new Map<string, CurrencyRow>();
  const add = ({ code, name, symbol }: CurrencyRecord) => {
    const known = rows.get(code) ?? stored.currencies.get(code);
    const best = referenceSymbol(code) ?? symbol ?? known?.symbol ?? null;
    rows.set(code, { code, name: name ?? known?.name ?? null, symbol: best });
  };
  for (const { currency_code } of links) add(unnamed(currency_code));
  for (const { currency } of rates.records) add(unnamed(currency));
  for (const { currencies } of countries.records) currencies.forEach(add);
  return [...rows.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** Stored, but not sent by the source. Countries that it sent but that were rejected are not missing. */
function missingFrom(countries: CountryRow[], fetched: Fetched, stored: Stored): CountryRow[] {
  const rejected = fetched.countries.warnings.filter(({ code }) => code === 'COUNTRY_REJECTED');
  const sent = new Set([...countries.map((row) => row.code), ...rejected.map((warning) => warning.country)]);
  return [...stored.countries.values()].filter((row) => !sent.has(row.code));
}

function missingWarning({ code, name }: CountryRow): Warning {
  const message = `${name} is stored but the source no longer sends it; it was kept`;
  return { code: 'COUNTRY_MISSING', country: code, currency: null, message };
}

/**
 * Counts what a refresh changes. The databases cannot: their counts of affected rows differ, and `last_refreshed_at`
 * changes in every row.
 */
function changes(countries: CountryRow[], links: CountryCurrencyRow[], stored: Stored): Changes {
  const before = currenciesByCountry(stored.links);
  const after = currenciesByCountry(links);
  const insertedCodes = countries.map((row) => row.code).filter((code) => !stored.countries.has(code));
  const known = countries.filter((row) => stored.countries.has(row.code));
  const changed = known.map((row) => [
    ...changedFields(row, stored.countries.get(row.code)),
    ...(before.get(row.code)?.join() === after.get(row.code)?.join() ? [] : ['currencies']),
  ]);
  const updated = changed.filter((fields) => fields.length > 0).length;
  return {
    inserted: insertedCodes.length,
    insertedCodes,
    updated,
    unchanged: known.length - updated,
    fields: tally(changed.flat()),
  };
}

/** Fields whose name differs from that of their column. */
const FIELD_NAMES: Partial<Record<keyof CountryRow, string>> = {
  numeric_code: 'numeric',
  currency_code: 'currency',
  gdp_per_capita: 'gdp.perCapita',
  gdp_year: 'gdp.year',
  gdp_method: 'gdp.method',
  gdp_reason: 'gdp.reason',
  population_source: 'gdp.populationSource',
  gdp_source: 'gdp.source',
};

/** A newer date alone is not a change. */
const DATES = new Set<keyof CountryRow>(['last_refreshed_at', 'observed_on', 'population_observed_on']);

function changedFields(row: CountryRow, known: CountryRow | undefined): string[] {
  const columns = Object.keys(row) as (keyof CountryRow)[];
  return columns
    .filter((column) => !DATES.has(column) && row[column] !== known?.[column])
    .map((column) => FIELD_NAMES[column] ?? column.replace(/_./g, ([, letter = '']) => letter.toUpperCase()));
}

/** The most frequent first. */
function tally(fields: string[]): FieldChange[] {
  const counts = new Map<string, number>();
  for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1);
  return [...counts]
    .map(([field, countries]) => ({ field, countries }))
    .sort((a, b) => b.countries - a.countries || (a.field < b.field ? -1 : 1));
}
