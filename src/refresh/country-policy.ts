import { IsoStatus, isoStatus } from '../currencies/currency-codes.js';
import type { CountryRow } from '../db/tables.js';
import { SourceUnavailableError } from '../errors.js';
import {
  type CountryRecord,
  type CurrencyRecord,
  type RateRecord,
  type SourceAnswer,
  storedSource,
  type Warning,
} from '../sources/source.js';
import type { Fetched, Stored } from './model.js';

/**
 * Fills what the source does not say about a country with what is stored. Sources differ in what they know: switching
 * between them, or a bad day of one, must not lose facts.
 */
export function keepKnownFacts(stored: Stored): (record: CountryRecord) => CountryRecord {
  const currencies = currenciesByCountry(stored);
  return (record) => ({
    ...record,
    ...factsOf(record, stored.countries.get(record.code)),
    currencies: currenciesOf(record, currencies.get(record.code) ?? []),
  });
}

function factsOf(record: CountryRecord, row: CountryRow | undefined): Partial<CountryRecord> {
  if (!row) return {};
  const { numeric, capitals, region, subregion, population, areaKm2 } = record;
  return {
    numeric: numeric ?? row.numeric_code,
    capitals: capitals.length > 0 ? capitals : (JSON.parse(row.capitals) as string[]),
    region: region ?? (row.region as CountryRecord['region']),
    subregion: subregion ?? row.subregion,
    population: population ?? row.population,
    areaKm2: areaKm2 ?? row.area_km2,
  };
}

function currenciesOf(
  { currencies, currencyCompleteness }: CountryRecord,
  known: readonly CurrencyRecord[],
): CurrencyRecord[] {
  // A complete list also removes currencies.
  if (!currencyCompleteness) return currencies;
  if (currencyCompleteness === 'primary-only') {
    // A source may still name a withdrawn currency, such as Sierra Leone's old leone: that is an error.
    if (known.length > 0 && currencies.every(isWithdrawn)) return [...known];
    // The country has changed its only currency, as Bulgaria did when it adopted the euro.
    if (known.length === 1) return currencies;
  }
  const told = new Set(currencies.map(({ code }) => code));
  return [...currencies, ...known.filter(({ code }) => !told.has(code))];
}

function isWithdrawn({ code }: CurrencyRecord): boolean {
  return isoStatus(code) === IsoStatus.HISTORIC;
}

function currenciesByCountry({ links, currencies }: Stored): Map<string, CurrencyRecord[]> {
  const lists = new Map<string, CurrencyRecord[]>();
  for (const { country_code, currency_code: code } of links) {
    const { name = null, symbol = null } = currencies.get(code) ?? {};
    lists.set(country_code, [...(lists.get(country_code) ?? []), { code, name, symbol }]);
  }
  return lists;
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

/** A shrunken set of GDP figures does not fail the refresh: the stored ones, years old by nature, are as good. */
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

const MS_PER_DAY = 24 * 60 * 60 * 1000;

/**
 * Leaves out rates with a future date: until that day, no other rate would replace them. Tomorrow is accepted, because
 * the day begins earlier in the east.
 */
export function withoutFutureRates(answer: SourceAnswer<RateRecord>, now: Date): SourceAnswer<RateRecord> {
  const tomorrow = new Date(now.getTime() + MS_PER_DAY).toISOString().slice(0, 10);
  const records = answer.records.filter((record) => record.observedOn <= tomorrow);
  const left = answer.records.length - records.length;
  if (left === 0) return answer;
  if (records.length === 0) {
    throw new SourceUnavailableError(answer.use.source, 'its rates are of a day that has not come yet');
  }
  const message = `${left} rates are of a day that has not come yet`;
  const warning: Warning = { code: 'RATE_REJECTED', country: null, currency: null, message };
  return { ...answer, records, warnings: [...answer.warnings, warning] };
}
