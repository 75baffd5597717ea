import { estimateGdp, type GdpMethod } from '../countries/estimate.js';
import { capitalsKey, nameKey } from '../countries/name-key.js';
import { referenceFacts } from '../countries/reference.js';
import type { CountryCurrencyRow, CountryRow, CurrencyRow, ExchangeRateRow } from '../db/tables.js';
import { toStored } from '../db/time.js';
import { type Counts, compare } from './compare.js';
import type { Fetched } from './fetch.js';
import { keepKnown } from './keep-known.js';
import { refuseOlderSet, refuseShrunkenSet, withoutFuture } from './never-worse.js';
import { newestRates } from './newest-rates.js';
import type { CountryRecord, CurrencyRecord, GdpRecord, Warning } from './sources/source.js';
import { storedSource } from './sources/source-use.js';
import type { Stored } from './stored.js';

export interface MergeOptions {
  now: Date;
  gdpMethod: GdpMethod;
  /** From 0 up to 1, for the multiplier method. */
  random: () => number;
}

/** All that a refresh writes. */
export interface Merged extends Counts {
  received: number;
  rejected: number;
  /** Sent by the source, but deleted for good. */
  excluded: number;
  countries: CountryRow[];
  currencies: CurrencyRow[];
  links: CountryCurrencyRow[];
  /** What the countries of this refresh no longer use. */
  removedLinks: CountryCurrencyRow[];
  rates: ExchangeRateRow[];
  /** Jumps to be remembered until the next observation. */
  heldRates: ExchangeRateRow[];
  /** The currencies of which no jump is to be remembered any more. */
  releasedRates: string[];
  warnings: Warning[];
}

/** Brings the answers and what is stored together. Pure: the same input gives the same output. */
export function merge(answers: Fetched, stored: Stored, options: MergeOptions): Merged {
  const fetched = { ...answers, rates: withoutFuture(answers.rates, options.now) };
  refuseShrunkenSet(fetched, stored);
  refuseOlderSet(fetched.countries, stored);
  const rates = newestRates(fetched.rates, stored);
  const figures = gdpFigures(fetched.gdp, stored);
  const common = { source: storedSource(fetched.countries.use), refreshedAt: toStored(options.now) };
  const toRow = (country: CountryRecord) => countryRow(country, common, rates.perUsd, figures, options);
  const wanted = fetched.countries.records.filter((record) => !stored.excluded.has(record.code));
  const records = wanted.map(keepKnown(stored));
  const countries = records.map(toRow);
  const links = records.flatMap(countryLinks);
  const counts = compare(countries, links, stored);
  return {
    ...counts,
    received: fetched.countries.received,
    rejected: fetched.countries.received - fetched.countries.records.length,
    excluded: fetched.countries.records.length - records.length,
    countries,
    links,
    removedLinks: removed(countries, links, stored),
    currencies: currencyRows(fetched, stored),
    rates: rates.rows,
    heldRates: rates.held,
    releasedRates: rates.released,
    warnings: [
      ...fetched.warnings,
      ...answerWarnings(fetched),
      ...rates.warnings,
      ...missingWarnings(counts.missing),
    ],
  };
}

type Figure = Pick<GdpRecord, 'perCapita' | 'year'>;

/** The stored figures stay where the answer has none or one of an earlier year. */
function gdpFigures(gdp: Fetched['gdp'], stored: Stored): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const row of stored.countries.values()) {
    if (row.gdp_per_capita !== null && row.gdp_year !== null) {
      figures.set(row.code, { perCapita: row.gdp_per_capita, year: row.gdp_year });
    }
  }
  for (const record of gdp?.records ?? []) {
    if (record.year >= (figures.get(record.code)?.year ?? 0)) figures.set(record.code, record);
  }
  return figures;
}

function countryRow(
  country: CountryRecord,
  common: { source: string; refreshedAt: string },
  perUsd: Map<string, number>,
  figures: Map<string, Figure>,
  { gdpMethod, random }: MergeOptions,
): CountryRow {
  const codes = country.currencies.map((currency) => currency.code);
  const currency = codes.find((code) => perUsd.has(code)) ?? codes[0] ?? null;
  const exchangeRate = currency === null ? null : (perUsd.get(currency) ?? null);
  const figure = figures.get(country.code);
  const perCapita = figure?.perCapita ?? null;
  // The default source has none.
  const officialName = country.officialName ?? referenceFacts().get(country.code)?.officialName ?? null;
  const input = { population: country.population, perCapita, currency, exchangeRate };
  const estimate = estimateGdp(input, gdpMethod, random);
  return {
    code: country.code,
    alpha3: country.alpha3,
    numeric_code: country.numeric,
    name: country.name,
    name_key: nameKey(country.name),
    official_name: officialName,
    official_name_key: officialName === null ? null : nameKey(officialName),
    capitals: JSON.stringify(country.capitals),
    capitals_key: capitalsKey(country.capitals),
    region: country.region,
    subregion: country.subregion,
    population: country.population,
    area_km2: country.areaKm2,
    flag_url: country.flagUrl,
    currency_code: currency,
    exchange_rate: exchangeRate,
    gdp_per_capita: perCapita,
    gdp_year: figure?.year ?? null,
    estimated_gdp: estimate.value,
    gdp_method: gdpMethod,
    gdp_reason: estimate.reason,
    source: common.source,
    last_refreshed_at: common.refreshedAt,
  };
}

function countryLinks({ code, currencies }: CountryRecord): CountryCurrencyRow[] {
  return currencies.map((currency, position) => ({
    country_code: code,
    currency_code: currency.code,
    position,
  }));
}

function removed(countries: CountryRow[], links: CountryCurrencyRow[], stored: Stored) {
  const refreshed = new Set(countries.map((row) => row.code));
  const kept = new Set(links.map((link) => `${link.country_code} ${link.currency_code}`));
  return stored.links.filter(
    (link) => refreshed.has(link.country_code) && !kept.has(`${link.country_code} ${link.currency_code}`),
  );
}

/** Every currency that a country uses or that has a rate; what is known of it already is not forgotten. */
function currencyRows({ countries, rates }: Fetched, stored: Stored): CurrencyRow[] {
  const rows = new Map<string, CurrencyRow>();
  const add = ({ code, name, symbol }: CurrencyRecord) => {
    const known = rows.get(code) ?? stored.currencies.get(code);
    rows.set(code, { code, name: name ?? known?.name ?? null, symbol: symbol ?? known?.symbol ?? null });
  };
  for (const { currency } of rates.records) add({ code: currency, name: null, symbol: null });
  for (const { currencies } of countries.records) currencies.forEach(add);
  return [...rows.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

function answerWarnings({ countries, rates, gdp }: Fetched): Warning[] {
  return [...countries.warnings, ...rates.warnings, ...(gdp?.warnings ?? [])];
}

function missingWarnings(missing: CountryRow[]): Warning[] {
  return missing.map(({ code, name }) => ({
    code: 'COUNTRY_MISSING',
    country: code,
    currency: null,
    message: `${name} is stored but the source no longer sends it; it was kept`,
  }));
}
