import * as v from 'valibot';
import { Region } from '../countries/gdp.js';
import { isPlain } from '../countries/name-key.js';
import { isCurrencyCode } from '../currencies/currency-codes.js';
import { SourceUnavailableError } from '../errors.js';
import type { JsonResponse } from './http-client.js';
import { quotedValue } from './json.js';
import {
  type CountriesSource,
  type CountryRecord,
  type CurrencyRecord,
  MIN_COUNTRIES,
  type SourceAnswer,
  useOf,
  type Warning,
} from './source.js';

/** A country as the source sent it, unchecked. */
export interface RawCountry {
  code: unknown;
  alpha3: unknown;
  numeric: unknown;
  name: unknown;
  officialName: unknown;
  capitals: unknown;
  region: unknown;
  subregion: unknown;
  population: unknown;
  areaKm2: unknown;
  flagUrl: unknown;
  currencies: RawCurrency[];
}

interface RawCurrency {
  code: unknown;
  name: unknown;
  symbol: unknown;
}

/** Keeps the usable countries, warns about the others, and rejects an answer with too few. */
export function validateCountries(
  source: CountriesSource,
  raw: RawCountry[],
  response: Pick<JsonResponse, 'url' | 'lastModifiedOn'>,
): SourceAnswer<CountryRecord> {
  const records = new Map<string, CountryRecord>();
  const warnings: Warning[] = [];
  for (const country of raw) {
    const { success, output: facts, issues } = v.safeParse(countryFacts, country, { abortEarly: true });
    if (!success) warnings.push(rejected(country, issues[0].message));
    else if (records.has(facts.code)) warnings.push(rejected(country, 'duplicate code'));
    else records.set(facts.code, toRecord(facts, validateCurrencies(source, facts.code, country, warnings)));
  }
  if (records.size < MIN_COUNTRIES) {
    const reason = `only ${records.size} of ${raw.length} countries are usable, at least ${MIN_COUNTRIES} are expected`;
    throw new SourceUnavailableError(source.name, reason);
  }
  const use = useOf(source, response.url, response.lastModifiedOn);
  return { records: [...records.values()], received: raw.length, warnings, use };
}

type Currencies = Pick<CountryRecord, 'currencies' | 'currencyCompleteness'>;

function toRecord(facts: v.InferOutput<typeof countryFacts>, currencies: Currencies): CountryRecord {
  return {
    ...facts,
    // Some sources give Kosovo a number of their own; ISO 3166-1 has none.
    numeric: facts.code === 'XK' ? null : facts.numeric,
    flagUrl: facts.flagUrl ?? `https://flagcdn.com/${facts.code.toLowerCase()}.svg`,
    ...currencies,
  };
}

function rejected({ code, name }: RawCountry, reason: string): Warning {
  const country = typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null;
  const message = `Rejected the country ${quotedValue(name)} with the code ${quotedValue(code)}: ${reason}`;
  return { code: 'COUNTRY_REJECTED', country, currency: null, message };
}

/** The lengths that fit the columns of the tables. */
const LONGEST_TEXT = 200;
const LONGEST_WORD = 64;

/** A country without its currencies. The message of the failed check becomes the warning. */
const countryFacts = v.object({
  code: code('the alpha-2 code', /^[A-Z]{2}$/),
  alpha3: v.pipe(
    code('the alpha-3 code', /^[A-Z]{3}$/),
    // ISO has none for Kosovo. XKX is what the World Bank, the EU and most sources write.
    v.transform((alpha3) => (alpha3 === 'UNK' ? 'XKX' : alpha3)),
  ),
  numeric: v.fallback(v.nullable(v.pipe(v.string(), v.regex(/^\d{3}$/))), null),
  name: requiredText('the name'),
  officialName: optionalText('the official name'),
  capitals: v.pipe(
    v.nullish(
      v.union([v.array(optionalText('a capital')), optionalText('the capital')], 'a capital is not a text'),
      [],
    ),
    v.transform((capitals) => [capitals].flat().filter((capital) => capital !== null)),
  ),
  region: v.pipe(v.unknown(), v.transform(regionNamed)),
  subregion: optionalText('the subregion', LONGEST_WORD),
  population: v.pipe(
    quantity('the population'),
    v.check((population) => population === null || population >= 0, 'the population is negative'),
    v.check(
      (population) => population === null || Number.isSafeInteger(population),
      'the population is not a whole number up to 2^53 - 1',
    ),
    v.transform((population) => population || null),
  ),
  areaKm2: v.pipe(
    quantity('the area'),
    v.transform((area) => (area !== null && area > 0 ? area : null)),
  ),
  flagUrl: v.fallback(v.nullable(v.pipe(v.string(), v.url(), v.regex(/^https?:/), v.maxLength(500))), null),
});

function code(what: string, pattern: RegExp) {
  return v.pipe(requiredText(what), v.regex(pattern, `${what} is malformed`));
}

/** A finite number or null. Some sources send decimals as text. */
function quantity(what: string) {
  const message = `${what} is not a number`;
  const decimal = v.pipe(v.string(), v.decimal(), v.transform(Number));
  return v.nullish(v.union([v.pipe(v.number(), v.finite()), decimal], message), null);
}

const currencyFacts = v.object({
  code: v.pipe(
    v.string('it has no code'),
    v.regex(/^[A-Z]{3}$/, 'its code is malformed'),
    v.check(isCurrencyCode, 'its code is not a currency code'),
  ),
  name: optionalText('its name'),
  symbol: optionalText('its symbol', LONGEST_WORD),
});

/** In the source's order, without duplicates: v2 lists the New Zealand dollar twice for Niue. */
function validateCurrencies(
  { primaryCurrencyOnly }: CountriesSource,
  country: string,
  { currencies }: RawCountry,
  warnings: Warning[],
): Currencies {
  const kept = new Map<string, CurrencyRecord>();
  let areDropped = false;
  for (const raw of currencies) {
    const { success, output, issues } = v.safeParse(currencyFacts, raw, { abortEarly: true });
    if (success && !kept.has(output.code)) kept.set(output.code, output);
    if (!success) warnings.push(dropped(country, raw, issues[0].message));
    areDropped ||= !success;
  }
  return {
    currencies: [...kept.values()],
    ...(areDropped
      ? { currencyCompleteness: 'valid-codes-only' as const }
      : primaryCurrencyOnly && { currencyCompleteness: 'primary-only' as const }),
  };
}

function dropped(country: string, { code }: RawCurrency, reason: string): Warning {
  const currency = typeof code === 'string' && /^[A-Z]{3}$/.test(code) ? code : null;
  const message = `Dropped the currency ${quotedValue(code)} of ${country}: ${reason}`;
  return { code: 'CURRENCY_DROPPED', country, currency, message };
}

/** One line of text in NFC with white space collapsed, otherwise as it was sent. */
function line(what: string, longest: number) {
  return v.pipe(
    v.string(`${what} is not a text`),
    v.transform((text) => (isPlain(text) ? text : text.normalize('NFC').replace(/\s+/gu, ' ').trim())),
    v.check((text) => isShort(text, longest), `${what} is longer than ${longest} characters`),
    v.check(hasCharactersOnly, `${what} contains control characters`),
  );
}

export function requiredText(what: string, longest = LONGEST_TEXT) {
  return v.pipe(v.nullish(line(what, longest), ''), v.minLength(1, `${what} is missing`));
}

/** Null if missing or empty. */
function optionalText(what: string, longest = LONGEST_TEXT) {
  return v.pipe(
    v.nullish(line(what, longest), ''),
    v.transform((text) => text || null),
  );
}

/** In NFKD as well, which look-ups use: one Arabic ligature stands for a phrase of eighteen letters. */
function isShort(text: string, longest: number): boolean {
  return text.length <= longest && (isPlain(text) || text.normalize('NFKD').length <= 2 * longest);
}

/** Databases refuse lone surrogates as well as control characters. */
function hasCharactersOnly(text: string): boolean {
  return isPlain(text) || /^[^\p{Cc}\p{Cs}]*$/u.test(text);
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
