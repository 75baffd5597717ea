import { Region } from '../countries/gdp.js';
import { nameKey } from '../countries/name-key.js';
import { codesByName, referenceFacts } from '../countries/reference.js';
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
  type WarningCode,
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
    const ofCountry: Warning[] = [];
    try {
      const facts = validateFacts(country, ofCountry);
      if (records.has(facts.code)) throw new Invalid('duplicate code');
      const currencies = validateCurrencies(source, facts.code, country.currencies, ofCountry);
      records.set(facts.code, { ...facts, ...currencies });
      warnings.push(...ofCountry);
    } catch (error) {
      warnings.push(rejected(country, asInvalid(error)));
    }
  }
  const observedAt = dayOf(lastModified);
  return answerOf(source, records, { received: raw.length, warnings, url, observedAt }, MIN_COUNTRIES);
}

/** Why a record or a field cannot be used. */
class Invalid extends Error {
  constructor(
    message: string,
    readonly code: WarningCode = 'COUNTRY_REJECTED',
  ) {
    super(message);
  }
}

function asInvalid(error: unknown): Invalid {
  if (error instanceof Invalid) return error;
  throw error;
}

function rejected({ code, name }: RawCountry, { message: reason, code: warning }: Invalid): Warning {
  const country = matches(/^[A-Z]{2}$/, code) ? code : null;
  const message = `Rejected the country ${quotedValue(name)} with the code ${quotedValue(code)}: ${reason}`;
  return { code: warning, country, currency: null, message };
}

/** The lengths that fit the columns of the tables. */
const LONGEST_TEXT = 200;
const LONGEST_WORD = 64;

type Read<T> = (what: string, value: unknown) => T | null;

/** The value of one field; null with a warning when it cannot be used. */
function fieldOf<T>(
  { code, currency = null }: { code: string; currency?: string | null },
  what: string,
  value: unknown,
  read: Read<T>,
  warnings: Warning[],
): T | null {
  try {
    return read(what, value);
  } catch (error) {
    const { message: reason } = asInvalid(error);
    const message = `Ignored ${what} of ${currency ? `${currency} in ${code}` : code}, ${quotedValue(value)}: ${reason}`;
    warnings.push({ code: 'FIELD_REJECTED', country: code, currency, message });
    return null;
  }
}

/** A country is rejected if what identifies it is invalid; other fields are rejected one by one. */
function validateFacts(raw: RawCountry, warnings: Warning[]): Omit<CountryRecord, 'currencies'> {
  const identity = validateIdentity(raw);
  const field = <T>(what: string, value: unknown, read: Read<T>) => fieldOf(identity, what, value, read, warnings);
  return {
    ...identity,
    officialName: field('the official name', raw.officialName, optionalText),
    capitals: [raw.capitals].flat().flatMap((capital) => field('a capital', capital, optionalText) ?? []),
    region: regionNamed(raw.region),
    subregion: field('the subregion', raw.subregion, optionalWord),
    population: field('the population', raw.population, validPopulation),
    areaKm2: field('the area', raw.areaKm2, validArea),
    flagUrl: isWebUrl(raw.flagUrl) ? raw.flagUrl : null,
  };
}

/** The codes must be those of one country in ISO 3166-1, and the name must not be that of another. */
function validateIdentity(raw: RawCountry): Pick<CountryRecord, 'code' | 'alpha3' | 'numeric' | 'name'> {
  const code = validCode('the alpha-2 code', raw.code, /^[A-Z]{2}$/);
  const alpha3 = validCode('the alpha-3 code', raw.alpha3, /^[A-Z]{3}$/);
  const name = requiredText('the name', raw.name);
  const iso = referenceFacts().get(code);
  if (!iso) throw new Invalid('the alpha-2 code is not in ISO 3166-1', 'UNKNOWN_COUNTRY_CODE');
  // ISO 3166-1 has no codes for Kosovo, and each source makes up its own.
  if (code !== 'XK') {
    if (alpha3 !== iso.alpha3) throw new Invalid(`the alpha-3 code is ${alpha3}, not ${iso.alpha3}`);
    if (matches(/^\d{3}$/, raw.numeric) && raw.numeric !== iso.numeric) {
      throw new Invalid(`the numeric code is ${raw.numeric}, not ${iso.numeric}`);
    }
  }
  const named = codesByName().get(nameKey(name)) ?? code;
  if (named !== code) throw new Invalid(`it has the name of ${named}`);
  return { code, alpha3: iso.alpha3, numeric: iso.numeric, name };
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

/** Characters that leave no mark: blanks, controls, accents without a letter, and fillers of several scripts. */
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\p{M}\u2800]+$/u;

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
  if (INVISIBLE.test(text)) throw new Invalid(`${what} has no visible characters`);
  return text || null;
}

const optionalWord: Read<string> = (what, value) => optionalText(what, value, LONGEST_WORD);

/** More people than there are on Earth, and more land and sea than it has. */
const LARGEST_POPULATION = 1e10;
const LARGEST_AREA_KM2 = 5.101e8;

function validPopulation(what: string, value: unknown): number | null {
  const population = validArea(what, value, LARGEST_POPULATION);
  if (population !== null && !Number.isInteger(population)) throw new Invalid(`${what} is not a whole number`);
  return population;
}

/** Some sources send decimals as text, and 0 for what they do not know. */
function validArea(what: string, value: unknown, largest = LARGEST_AREA_KM2): number | null {
  if (value === null || value === undefined) return null;
  const isDecimal = typeof value === 'string' && /^[+-]?(\d*\.)?\d+$/.test(value);
  const number = isDecimal ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new Invalid(`${what} is not a number`);
  if (number < 0) throw new Invalid(`${what} is negative`);
  if (number > largest) throw new Invalid(`${what} is larger than ${largest}`);
  return number || null;
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
  let isWhole = true;
  for (const currency of raw) {
    try {
      const code = validCurrencyCode(currency);
      if (kept.has(code)) continue;
      const of = { code: country, currency: code };
      const name = fieldOf(of, 'the name', currency.name, optionalText, warnings);
      const symbol = fieldOf(of, 'the symbol', currency.symbol, optionalWord, warnings);
      kept.set(code, { code, name, symbol });
    } catch (error) {
      isWhole = false;
      warnings.push(droppedCurrency(country, currency, asInvalid(error)));
    }
  }
  const currencies = [...kept.values()];
  if (!isWhole) return { currencies, currencyCompleteness: 'valid-codes-only' };
  return primaryCurrencyOnly ? { currencies, currencyCompleteness: 'primary-only' } : { currencies };
}

function validCurrencyCode({ code }: RawCurrency): string {
  if (typeof code !== 'string') throw new Invalid('it has no code');
  if (!matches(/^[A-Z]{3}$/, code)) throw new Invalid('its code is malformed');
  if (!isCurrencyCode(code)) throw new Invalid('its code is not a currency code');
  return code;
}

function droppedCurrency(country: string, { code }: RawCurrency, { message: reason }: Invalid): Warning {
  const currency = matches(/^[A-Z]{3}$/, code) ? code : null;
  const message = `Dropped the currency ${quotedValue(code)} of ${country}: ${reason}`;
  return { code: 'CURRENCY_DROPPED', country, currency, message };
}
