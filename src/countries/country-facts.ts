import type { CountryFacts } from './country-facts.type.js';
import { knownLanguages, languageKey } from './language.js';
import { type ReferenceFacts, referenceFacts } from './reference.js';

const NOTHING: CountryFacts = {
  alternateNames: [],
  nativeNames: [],
  demonym: null,
  languages: [],
  callingCodes: [],
  topLevelDomains: [],
  latitude: null,
  longitude: null,
  landlocked: null,
  independent: null,
  unMember: null,
};

export const FACT_FIELDS = Object.keys(NOTHING);

let made: ReadonlyMap<string, CountryFacts> | undefined;

/** The facts of a country as its fields show them. */
export function countryFacts(code: string): CountryFacts {
  made ??= new Map([...referenceFacts()].map(([key, facts]) => [key, shown(facts)]));
  return made.get(code) ?? NOTHING;
}

function shown(facts: ReferenceFacts): CountryFacts {
  return {
    alternateNames: facts.alternateNames,
    nativeNames: facts.nativeNames.map((name) => ({ ...name, language: languageKey(name.language) })),
    demonym: facts.demonym,
    languages: facts.languages.flatMap(({ code }) => knownLanguages().get(languageKey(code)) ?? []),
    callingCodes: facts.callingCodes,
    topLevelDomains: facts.topLevelDomains,
    latitude: facts.latitude,
    longitude: facts.longitude,
    landlocked: facts.landlocked,
    independent: facts.independent,
    unMember: facts.unMember,
  };
}
