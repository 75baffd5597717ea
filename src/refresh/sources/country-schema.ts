import * as v from 'valibot';
import { regionNamed } from './region-names.js';
import { optionalText, requiredText } from './text-schema.js';

/** What the tables have room for in a subregion. */
const LONGEST_WORD = 64;

/** The facts of a country without its currencies. A schema's message says why the record is rejected. */
export const countryFacts = v.object({
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
