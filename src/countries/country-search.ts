import { Field, ObjectType } from 'type-graphql';
import { BadUserInputError } from '../errors.js';
import { createEnum, nullable } from '../scalars.js';
import type { Snapshot } from './country.snapshot.js';
import { Country } from './country.type.js';
import { bearers, type CountryNames, countryNames, NO_NAMES, OFFICIAL_CLAIM, prepareNames } from './country-names.js';
import { foldedSearchKey, nameKey, searchKey, uninverted, wordsOf } from './name-key.js';

/** Longer than any name. */
const MAX_TEXT = 200;

const MAX_MATCHES = 100;

export type CountryMatchKind = keyof typeof CountryMatchKind;
/** In the order of the matches. */
const CountryMatchKind = createEnum(
  'CountryMatchKind',
  'How a text matches a name. Case, accents and punctuation are ignored.',
  {
    EXACT: { description: 'The text is one of its names.' },
    COMMON_NAME_PREFIX: { description: 'Its common name in English starts with the text.' },
    WORD_PREFIX: { description: 'A later word of its common name in English starts with the text.' },
    OTHER_NAME_PREFIX: { description: 'Another of its names starts with the text.' },
    CONTAINS: { description: 'One of its names contains the text.' },
  },
);

@ObjectType({ simpleResolvers: true, description: 'A country that a search found, with the name that matched.' })
export class CountryMatch {
  @Field(() => Country, { description: 'The country.' })
  country!: Country;

  @Field(() => String, { description: 'The name that matched, as it is written.' })
  matchedName!: string;

  @Field(() => String, nullable('BCP 47: a language of matchedName, the most widely used one. Null if unknown.'))
  locale!: string | null;

  @Field(() => CountryMatchKind, { description: 'How it matched.' })
  kind!: CountryMatchKind;
}

/** By any of its names. Throws BadUserInputError when several countries have an equal claim to it. */
export async function findByName(snapshot: Snapshot, name: string): Promise<Country | null> {
  const key = searchKey(name);
  const common = snapshot.byCommonName.get(key);
  if (common) return onlyOne(common);
  await prepareNames();
  const found = bearers(key).flatMap((code) => snapshot.byCode.get(code) ?? []);
  const country = onlyOne(found) ?? findByEnglishName(snapshot, name);
  const sorted = uninverted(name);
  return country ?? (sorted === null ? null : findByName(snapshot, sorted));
}

/** By its common or official name in English. Throws BadUserInputError when several countries have it. */
export function findByEnglishName({ byCommonName, byOfficialName }: Snapshot, name: string): Country | null {
  const key = searchKey(name);
  return onlyOne(byCommonName.get(key) ?? byOfficialName.get(key) ?? []);
}

function onlyOne(found: readonly Country[]): Country | null {
  if (found.length > 1) {
    const list = found.map(({ englishName, code }) => `${englishName} (${code})`).join(', ');
    throw new BadUserInputError(`Several countries have this name: ${list}. Use a code instead`);
  }
  return found[0] ?? null;
}

/** What a search box shows for a text: the best matches first, of equal ones the country with more people. */
export async function searchCountries({ countries }: Snapshot, text: string, first: number): Promise<CountryMatch[]> {
  if (text.length > MAX_TEXT) throw new BadUserInputError(`text may have at most ${MAX_TEXT} characters`);
  if (first < 0 || first > MAX_MATCHES) throw new BadUserInputError(`first must be from 0 to ${MAX_MATCHES}`);
  await prepareNames();
  const folded = nameKey(text);
  // Unchanged, too: "st" may be the beginning of a word other than "Saint".
  const keys = [...new Set([foldedSearchKey(folded), wordsOf(folded)])].filter((key) => key !== '');
  const found = countries.flatMap((country) => keys.flatMap((key) => match(country, key) ?? []).sort(compare)[0] ?? []);
  return found.sort(compare).slice(0, first).map(toMatch);
}

interface Found {
  country: Country;
  kind: CountryMatchKind;
  /** The search key of the name that matched. */
  key: string;
  /** Lower ranks come first; matches of the same rank are ordered by population. */
  rank: number;
}

function match(country: Country, key: string): Found | null {
  const { bySearchKey, text } = namesOf(country);
  const [common = '', official = ''] = country.searchKeys;
  const isKnown = bySearchKey.has(common) && (official === '' || bySearchKey.has(official));
  const lines = isKnown ? text : `${text}${common}\n${official}\n`;
  const inside = lines.indexOf(key);
  // Most countries end here.
  if (inside < 0) return null;
  if (key === common) return { country, kind: 'EXACT', key, rank: 0 };
  if (bySearchKey.has(key) || key === official) {
    return { country, kind: 'EXACT', key, rank: 1 + (bySearchKey.get(key)?.claim ?? OFFICIAL_CLAIM) };
  }
  if (common.startsWith(key)) return { country, kind: 'COMMON_NAME_PREFIX', key: common, rank: 10 };
  if (common.includes(` ${key}`)) return { country, kind: 'WORD_PREFIX', key: common, rank: 11 };
  const start = lines.indexOf(`\n${key}`) + 1;
  if (start > 0) return { country, kind: 'OTHER_NAME_PREFIX', key: lineAt(lines, start), rank: 12 };
  return { country, kind: 'CONTAINS', key: lineAt(lines, inside), rank: 13 };
}

function lineAt(lines: string, at: number): string {
  return lines.slice(lines.lastIndexOf('\n', at) + 1, lines.indexOf('\n', at));
}

function compare(a: Found, b: Found): number {
  const [most, least] = [b.country.population ?? 0, a.country.population ?? 0];
  return a.rank - b.rank || most - least || (a.country.code < b.country.code ? -1 : 1);
}

function toMatch({ country, kind, key }: Found): CountryMatch {
  const { englishName, officialName, searchKeys } = country;
  const own = [englishName, officialName][searchKeys.indexOf(key)];
  const known = namesOf(country).bySearchKey.get(key);
  if (own || !known) return { country, kind, matchedName: own ?? englishName, locale: 'en' };
  return { country, kind, matchedName: known.name, locale: known.locale };
}

function namesOf({ code }: Country): CountryNames {
  return countryNames().get(code) ?? NO_NAMES;
}
