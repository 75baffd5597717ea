import { isWithdrawn, tenderOn } from '../countries/tender.js';
import { addDays, toDay } from '../days.js';
import type { CountryCurrencyRow, CountryRow } from '../db/tables.js';
import { SourceUnavailableError } from '../errors.js';
import {
  type CountryRecord,
  type CurrencyRecord,
  type RateRecord,
  type SourceAnswer,
  storedSource,
  type Warning,
} from '../sources/source.js';
import { isBelievableGdp } from '../sources/validate-figures.js';
import type { Fetched, Stored } from './model.js';

/**
 * Fills what the source does not say about a country with what is stored. Sources differ in what they know: switching
 * between them, or a bad day of one, must not lose facts. The currencies are the legal tender of the day.
 */
export function keepKnownFacts(stored: Stored, day: string): (record: CountryRecord) => CountryRecord {
  const currencies = currenciesByCountry(stored.links);
  return (record) => ({
    ...record,
    ...factsOf(record, stored.countries.get(record.code)),
    currencies: currenciesOf(record, currencies.get(record.code) ?? [], day),
  });
}

function factsOf(record: CountryRecord, row: CountryRow | undefined): Partial<CountryRecord> {
  if (!row) return {};
  const { capitals, region, subregion, population, areaKm2, flagUrl } = record;
  return {
    capitals: capitals.length > 0 ? capitals : (JSON.parse(row.capitals) as string[]),
    region: region ?? (row.region as CountryRecord['region']),
    subregion: subregion ?? row.subregion,
    population: population ?? row.population,
    areaKm2: areaKm2 ?? row.area_km2,
    flagUrl: flagUrl ?? row.flag_url,
  };
}

/** Legal tender by CLDR; where CLDR has none, the source's list, or else the stored one. */
function currenciesOf({ code, currencies }: CountryRecord, known: string[], day: string): CurrencyRecord[] {
  const tender = tenderOn(code, day);
  if (tender) return tender.map(unnamed);
  const listed = currencies.length > 0 ? currencies : known.map(unnamed);
  return listed.filter((currency) => !isWithdrawn(currency.code, day));
}

/** The codes of their currencies, in order. */
export function currenciesByCountry(links: readonly CountryCurrencyRow[]): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const { country_code, currency_code } of links) {
    lists.set(country_code, [...(lists.get(country_code) ?? []), currency_code]);
  }
  return lists;
}

export function unnamed(code: string): CurrencyRecord {
  return { code, name: null, symbol: null };
}

/** One warning for each country for which the source lists currencies other than its legal tender. */
export function currencyWarnings({ records, use }: SourceAnswer<CountryRecord>, day: string): Warning[] {
  return records.flatMap(({ code, name, currencies, currencyCompleteness }) => {
    const tender = tenderOn(code, day);
    const listed = currencies.map((currency) => currency.code);
    if (tender === null || listed.length === 0) return [];
    const foreign = listed.find((it) => !tender.includes(it));
    const isWhole = currencyCompleteness !== undefined || tender.every((it) => listed.includes(it));
    if (foreign === undefined && isWhole) return [];
    const message = `${use.source} lists ${listed.join(', ')} for ${name}; its legal tender (${tender.join(', ')}) was stored`;
    return [{ code: 'CURRENCY_DIFFERS', country: code, currency: foreign ?? null, message }];
  });
}

/** One provider dropped from 169 to 71 currencies overnight: a set that shrinks this much is an error. */
const SMALLEST_SHARE = 0.8;

/** Throws when a source suddenly sends far fewer records than are stored. */
export function refuseShrunkenSet({ countries, rates }: Fetched, stored: Stored): void {
  refuse(countries, 'countries', stored.countries.size);
  // Sources of rates differ in size; only the same source can shrink.
  const fromSame = [...stored.rates.values()].filter((row) => row.source === storedSource(rates.use)).length;
  refuse(rates, 'rates', fromSame);
}

/** An impossible stored figure, such as one for a future year, must not outlast the right one. */
export function withoutImpossibleGdp(row: CountryRow): CountryRow {
  const { gdp_per_capita: perCapita, gdp_year: year } = row;
  if (perCapita === null || year === null || isBelievableGdp({ perCapita, year }, new Date())) return row;
  return { ...row, gdp_per_capita: null, gdp_year: null };
}

/** A shrunken set of GDP figures does not fail the refresh: the stored ones, years old by nature, are just as good. */
export function withoutShrunkenGdp(fetched: Fetched, stored: Stored): Fetched {
  const { gdp } = fetched;
  const known = [...stored.countries.values()].filter((row) => row.gdp_per_capita !== null).length;
  if (gdp === null || gdp.records.length >= known * SMALLEST_SHARE) return fetched;
  const message = `${gdp.use.source} sent ${gdp.records.length} figures but ${known} are stored; that is fewer than ${SMALLEST_SHARE * 100} %; the stored ones were kept`;
  const warning: Warning = { code: 'SOURCE_SHRUNK', country: null, currency: null, message };
  return { ...fetched, gdp: null, warnings: [...fetched.warnings, warning] };
}

function refuse(answer: SourceAnswer<unknown>, what: string, stored: number): void {
  const sent = answer.records.length;
  if (sent >= stored * SMALLEST_SHARE) return;
  throw new SourceUnavailableError(
    answer.use.source,
    `it sent ${sent} usable ${what} where ${stored} are stored, fewer than ${SMALLEST_SHARE * 100} %`,
  );
}

/** The bundled data set may fill a database or replace an older edition of itself, but never data of a live source. */
export function refuseOlderSet(countries: SourceAnswer<CountryRecord>, stored: Stored): void {
  if (!countries.use.bundled) return;
  const live = [...stored.countries.values()].find((row) => row.source !== storedSource(countries.use));
  if (!live) return;
  throw new SourceUnavailableError(
    'bundled',
    `the database holds newer countries from ${live.source}, which the bundled data set never replaces`,
  );
}

/**
 * Leaves out rates with a future date: until that day, no other rate would replace them. Tomorrow is accepted, because
 * the day begins earlier in the east.
 */
export function withoutFutureRates(answer: SourceAnswer<RateRecord>, now: Date): SourceAnswer<RateRecord> {
  const tomorrow = addDays(toDay(now), 1);
  const records = answer.records.filter((record) => record.observedOn <= tomorrow);
  const left = answer.records.length - records.length;
  if (left === 0) return answer;
  if (records.length === 0) {
    throw new SourceUnavailableError(answer.use.source, 'its rates are dated in the future');
  }
  const message = `${left} rates are dated in the future`;
  const warning: Warning = { code: 'RATE_REJECTED', country: null, currency: null, message };
  return { ...answer, records, warnings: [...answer.warnings, warning] };
}
