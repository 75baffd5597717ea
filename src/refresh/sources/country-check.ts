import * as v from 'valibot';
import { SourceUnavailableError } from '../../errors.js';
import { countryFacts } from './country-schema.js';
import { type CurrencyClaim, keptCurrencies } from './currency-check.js';
import type { JsonAnswer } from './http.js';
import { MIN_COUNTRIES } from './minimums.js';
import type { CountriesSource, CountryRecord, SourceAnswer, Warning } from './source.js';
import { useOf } from './source-use.js';
import { quotedValue } from './upstream-message.js';

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
