import * as v from 'valibot';
import { Region } from '../countries/gdp.js';
import { isPlain } from '../countries/name-key.js';
import { isCurrencyCode } from '../currencies/currency-codes.js';
import { SourceUnavailableError } from '../errors.js';
import type { JsonAnswer } from './http-client.js';
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

/** What a source says of one country, as it stands in the answer: nothing of it is checked. */
export interface CountryClaim {
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
  currencies: CurrencyClaim[];
}

/** Keeps the records that can be used, tells about the others, and refuses an answer with too few. */
export function checkedCountries(
  source: CountriesSource,
  claims: CountryClaim[],
  answer: Pick<JsonAnswer, 'url' | 'lastModifiedOn'>,
): SourceAnswer<CountryRecord> {
  const records = new Map<string, CountryRecord>();
  const warnings: Warning[] = [];
  for (const claim of claims) {
    const record = recordOf(source, claim, records, warnings);
    if (record) records.set(record.code, record);
  }
  if (records.size < MIN_COUNTRIES) throw tooFew(source.name, records.size, claims.length);
  const use = useOf(source, answer.url, answer.lastModifiedOn);
  return { records: [...records.values()], received: claims.length, warnings, use };
}

function recordOf(
  { tellsMainCurrency = false }: CountriesSource,
  claim: CountryClaim,
  known: ReadonlyMap<string, CountryRecord>,
  warnings: Warning[],
): CountryRecord | null {
  const { success, output, issues } = v.safeParse(countryFacts, claim, { abortEarly: true });
  if (!success) return reject(claim, issues[0].message, warnings);
  if (known.has(output.code)) return reject(claim, 'its code came up before', warnings);
  const currencies = keptCurrencies(output.code, claim.currencies, warnings);
  return {
    ...output,
    // Some sources give Kosovo a number of their own; ISO 3166-1 has none for it.
    numeric: output.code === 'XK' ? null : output.numeric,
    flagUrl: output.flagUrl ?? `https://flagcdn.com/${output.code.toLowerCase()}.svg`,
    currencies: currencies.kept,
    ...(currencies.dropped > 0
      ? { currenciesTold: 'those with a code' as const }
      : tellsMainCurrency && { currenciesTold: 'the main one' as const }),
  };
}

function reject(claim: CountryClaim, reason: string, warnings: Warning[]): null {
  const name = quotedValue(claim.name);
  const code = quotedValue(claim.code);
  const country = typeof claim.code === 'string' && /^[A-Z]{2}$/.test(claim.code) ? claim.code : null;
  const message = `Rejected the country ${name} with the code ${code}: ${reason}`;
  warnings.push({ code: 'COUNTRY_REJECTED', country, currency: null, message });
  return null;
}

function tooFew(source: string, usable: number, received: number): SourceUnavailableError {
  const reason = `only ${usable} of ${received} countries are usable, at least ${MIN_COUNTRIES} are expected`;
  return new SourceUnavailableError(source, reason);
}

/** What the tables have room for. */
const LONGEST_TEXT = 200;

/** What the tables have room for in a subregion. */
const LONGEST_WORD = 64;

/** The facts of a country without its currencies. A schema's message says why the record is rejected. */
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
      v.union([v.array(optionalText('a capital')), optionalText('the capital')], 'a capital is no text'),
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
      'the population is no whole number up to 2^53 - 1',
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

/** A finite number or null. Some sources write their decimals as text. */
function quantity(what: string) {
  const message = `${what} is no number`;
  const decimal = v.pipe(v.string(), v.decimal(), v.transform(Number));
  return v.nullish(v.union([v.pipe(v.number(), v.finite()), decimal], message), null);
}

/** What a source says of a country's currency: nothing of it is checked. */
interface CurrencyClaim {
  code: unknown;
  name: unknown;
  symbol: unknown;
}

/** What the tables have room for. */
const LONGEST_SYMBOL = 64;

const currencyFacts = v.object({
  code: v.pipe(
    v.string('it has no code'),
    v.regex(/^[A-Z]{3}$/, 'its code is malformed'),
    v.check(isCurrencyCode, 'its code is none of a currency'),
  ),
  name: optionalText('its name'),
  symbol: optionalText('its symbol', LONGEST_SYMBOL),
});

/** In the source's order and each once: v2 lists the New Zealand dollar twice for Niue. */
function keptCurrencies(
  country: string,
  claims: CurrencyClaim[],
  warnings: Warning[],
): { kept: CurrencyRecord[]; dropped: number } {
  const kept = new Map<string, CurrencyRecord>();
  const warnedBefore = warnings.length;
  for (const claim of claims) {
    const { success, output, issues } = v.safeParse(currencyFacts, claim, { abortEarly: true });
    if (!success) warnings.push(dropped(country, claim, issues[0].message));
    else if (!kept.has(output.code)) kept.set(output.code, output);
  }
  return { kept: [...kept.values()], dropped: warnings.length - warnedBefore };
}

function dropped(country: string, claim: CurrencyClaim, reason: string): Warning {
  const { code } = claim;
  const currency = typeof code === 'string' && /^[A-Z]{3}$/.test(code) ? code : null;
  const message = `Dropped the currency ${quotedValue(code)} of ${country}: ${reason}`;
  return { code: 'CURRENCY_DROPPED', country, currency, message };
}

/** One line of text in NFC, white space collapsed and otherwise as it was sent. */
function line(what: string, longest: number) {
  return v.pipe(
    v.string(`${what} is no text`),
    v.transform((text) => (isPlain(text) ? text : text.normalize('NFC').replace(/\s+/gu, ' ').trim())),
    v.check((text) => isShort(text, longest), `${what} is longer than ${longest} characters`),
    v.check(hasCharactersOnly, `${what} holds control characters`),
  );
}

export function requiredText(what: string, longest = LONGEST_TEXT) {
  return v.pipe(v.nullish(line(what, longest), ''), v.minLength(1, `${what} is missing`));
}

/** Null when it is missing or empty. */
function optionalText(what: string, longest = LONGEST_TEXT) {
  return v.pipe(
    v.nullish(line(what, longest), ''),
    v.transform((text) => text || null),
  );
}

/** Also when it is spelt out for look-ups: one Arabic ligature stands for a phrase of eighteen letters. */
function isShort(text: string, longest: number): boolean {
  return text.length <= longest && (isPlain(text) || text.normalize('NFKD').length <= 2 * longest);
}

/** Lone surrogates are none, and databases refuse them as they refuse control characters. */
function hasCharactersOnly(text: string): boolean {
  return isPlain(text) || /^[^\p{Cc}\p{Cs}]*$/u.test(text);
}

/** The spellings seen at the sources, in lower case. */
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
