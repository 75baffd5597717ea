import { Region } from '../countries/gdp.js';
import { referenceFacts } from '../countries/reference.js';
import { isCurrencyCode } from '../currencies/currency-codes.js';
import type { JsonResponse } from './http-client.js';
import { dayOf, quotedValue } from './json.js';
import {
  answerOf,
  type CountriesSource,
  type CountryRecord,
  type CurrencyRecord,
  type SourceAnswer,
  type Warning,
} from './source.js';

/** A country as the source sent it, unchecked. */
export type RawCountry = Record<Exclude<keyof CountryRecord, keyof CountryCurrencies>, unknown> & {
  currencies: RawCurrency[];
};

type RawCurrency = Record<keyof CurrencyRecord, unknown>;
type CountryCurrencies = Pick<CountryRecord, 'currencies' | 'currencyCompleteness'>;

/** There are 249 ISO 3166-1 codes and Kosovo; every source sends about 250. */
const MIN_COUNTRIES = 200;

/** Keeps the usable countries, warns about the others, and rejects an answer with too few. */
export function validateCountries(
  source: CountriesSource,
  raw: RawCountry[],
  { url, lastModified }: Pick<JsonResponse, 'url' | 'lastModified'>,
): SourceAnswer<CountryRecord> {
  const records = new Map<string, CountryRecord>();
  const warnings: Warning[] = [];
  for (const country of raw) {
    try {
      const facts = validateFacts(country);
      if (records.has(facts.code)) throw new Invalid('duplicate code');
      const currencies = validateCurrencies(source, facts.code, country.currencies, warnings);
      records.set(facts.code, { ...facts, ...currencies });
    } catch (error) {
      warnings.push(rejected(country, error));
    }
  }
  const observedAt = dayOf(lastModified);
  return answerOf(source, records, { received: raw.length, warnings, url, observedAt }, MIN_COUNTRIES);
}

/** Why a record cannot be used. */
class Invalid extends Error {}

class UnknownCode extends Invalid {}

function reasonOf(error: unknown): string {
  if (error instanceof Invalid) return error.message;
  throw error;
}

function rejected({ code, name }: RawCountry, error: unknown): Warning {
  const country = matches(/^[A-Z]{2}$/, code) ? code : null;
  const message = `Rejected the country ${quotedValue(name)} with the code ${quotedValue(code)}: ${reasonOf(error)}`;
  const warning = error instanceof UnknownCode ? 'UNKNOWN_COUNTRY_CODE' : 'COUNTRY_REJECTED';
  return { code: warning, country, currency: null, message };
}

/** The lengths that fit the columns of the tables. */
const LONGEST_TEXT = 200;
const LONGEST_WORD = 64;

function validateFacts(raw: RawCountry): Omit<CountryRecord, 'currencies'> {
  const code = validCode('the alpha-2 code', raw.code, /^[A-Z]{2}$/);
  if (!referenceFacts().has(code)) throw new UnknownCode('the alpha-2 code is not in ISO 3166-1');
  const alpha3 = validCode('the alpha-3 code', raw.alpha3, /^[A-Z]{3}$/);
  return {
    code,
    // ISO 3166-1 has no codes for Kosovo: XKX is what the World Bank and the EU use, and numbers are made up.
    alpha3: alpha3 === 'UNK' ? 'XKX' : alpha3,
    numeric: code !== 'XK' && matches(/^\d{3}$/, raw.numeric) ? raw.numeric : null,
    name: requiredText('the name', raw.name),
    officialName: optionalText('the official name', raw.officialName),
    capitals: [raw.capitals].flat().flatMap((capital) => optionalText('a capital', capital) ?? []),
    region: regionNamed(raw.region),
    subregion: optionalText('the subregion', raw.subregion, LONGEST_WORD),
    population: validPopulation(raw.population),
    areaKm2: positiveOrNull(numberOrNull('the area', raw.areaKm2)),
    flagUrl: isWebUrl(raw.flagUrl) ? raw.flagUrl : `https://flagcdn.com/${code.toLowerCase()}.svg`,
  };
}

function validCode(what: string, value: unknown, pattern: RegExp): string {
  const code = requiredText(what, value);
  if (!pattern.test(code)) throw new Invalid(`${what} is malformed`);
  return code;
}

export function requiredText(what: string, value: unknown): string {
  const text = optionalText(what, value);
  if (text === null) throw new Invalid(`${what} is missing`);
  return text;
}

/** One line of text in NFC with white space collapsed; null if missing or empty. */
function optionalText(what: string, value: unknown, longest = LONGEST_TEXT): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') throw new Invalid(`${what} is not a text`);
  const text = value.normalize('NFC').replace(/\s+/gu, ' ').trim();
  // Lookups use NFKD, in which one Arabic ligature becomes a phrase of eighteen letters.
  if (text.length > longest || text.normalize('NFKD').length > 2 * longest) {
    throw new Invalid(`${what} is longer than ${longest} characters`);
  }
  // Databases refuse lone surrogates as well.
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw new Invalid(`${what} contains control characters`);
  return text || null;
}

function validPopulation(value: unknown): number | null {
  const population = numberOrNull('the population', value);
  if (population === null) return null;
  if (population < 0) throw new Invalid('the population is negative');
  if (!Number.isSafeInteger(population)) {
    throw new Invalid('the population is not a whole number up to 2^53 - 1');
  }
  return positiveOrNull(population);
}

/** Some sources send decimals as text. */
function numberOrNull(what: string, value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const isDecimal = typeof value === 'string' && /^[+-]?(\d*\.)?\d+$/.test(value);
  const number = isDecimal ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new Invalid(`${what} is not a number`);
  return number;
}

function positiveOrNull(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function isWebUrl(value: unknown): value is string {
  return matches(/^https?:.{1,493}$/, value) && URL.canParse(value);
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** The spellings of the sources, in lower case. */
const REGIONS: ReadonlyMap<string, Region> = new Map([
  ['africa', Region.AFRICA],
  ['americas', Region.AMERICAS],
  ['antarctic', Region.ANTARCTIC],
  ['antarctic ocean', Region.ANTARCTIC],
  ['antarctica', Region.ANTARCTIC],
  ['polar', Region.ANTARCTIC],
  ['asia', Region.ASIA],
  ['europe', Region.EUROPE],
  ['oceania', Region.OCEANIA],
]);

function regionNamed(name: unknown): Region | null {
  return typeof name === 'string' ? (REGIONS.get(name.trim().toLowerCase()) ?? null) : null;
}

/** In the source's order, without duplicates: v2 lists the New Zealand dollar twice for Niue. */
function validateCurrencies(
  { primaryCurrencyOnly = false }: CountriesSource,
  country: string,
  raw: RawCurrency[],
  warnings: Warning[],
): CountryCurrencies {
  const kept = new Map<string, CurrencyRecord>();
  const dropped: Warning[] = [];
  for (const currency of raw) {
    try {
      const record = validateCurrency(currency);
      if (!kept.has(record.code)) kept.set(record.code, record);
    } catch (error) {
      dropped.push(droppedCurrency(country, currency, reasonOf(error)));
    }
  }
  warnings.push(...dropped);
  const currencies = [...kept.values()];
  if (dropped.length > 0) return { currencies, currencyCompleteness: 'valid-codes-only' };
  return primaryCurrencyOnly ? { currencies, currencyCompleteness: 'primary-only' } : { currencies };
}

function validateCurrency({ code, name, symbol }: RawCurrency): CurrencyRecord {
  if (typeof code !== 'string') throw new Invalid('it has no code');
  if (!matches(/^[A-Z]{3}$/, code)) throw new Invalid('its code is malformed');
  if (!isCurrencyCode(code)) throw new Invalid('its code is not a currency code');
  return { code, name: optionalText('its name', name), symbol: optionalText('its symbol', symbol, LONGEST_WORD) };
}

function droppedCurrency(country: string, { code }: RawCurrency, reason: string): Warning {
  const currency = matches(/^[A-Z]{3}$/, code) ? code : null;
  const message = `Dropped the currency ${quotedValue(code)} of ${country}: ${reason}`;
  return { code: 'CURRENCY_DROPPED', country, currency, message };
}
