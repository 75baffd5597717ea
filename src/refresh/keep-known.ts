import { storedTexts } from '../countries/stored-texts.js';
import { IsoStatus, isoStatus } from '../currencies/currency-codes.js';
import type { CountryRow } from '../db/tables.js';
import type { CountryRecord, CurrencyRecord } from './sources/source.js';
import type { Stored } from './stored.js';

/**
 * The record of a country with what is stored in the place of what its source does not tell. Sources differ in what they
 * know: going from one to another, or one's bad day, must not take away what another one told.
 */
export function keepKnown(stored: Stored): (record: CountryRecord) => CountryRecord {
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
    capitals: capitals.length > 0 ? capitals : storedTexts(row.capitals),
    region: region ?? (row.region as CountryRecord['region']),
    subregion: subregion ?? row.subregion,
    population: population ?? row.population,
    areaKm2: areaKm2 ?? row.area_km2,
  };
}

function currenciesOf(
  { currencies, currenciesTold }: CountryRecord,
  known: readonly CurrencyRecord[],
): CurrencyRecord[] {
  // A list that is whole takes away what it does not have.
  if (!currenciesTold) return currencies;
  if (currenciesTold === 'the main one') {
    // Sierra Leone's old leone, told years after the new one, is a fault and no fact.
    if (known.length > 0 && currencies.every(isWithdrawn)) return [...known];
    // The only currency of a country is another than before, as on the day on which Bulgaria took the euro.
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
