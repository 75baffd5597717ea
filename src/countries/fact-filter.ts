import type { CountryFilter } from './country.args.js';
import { alpha2Codes, languageKey, type ReferenceFacts, referenceFacts } from './reference.js';
import { matchesText } from './text-filter.js';

type Test = (facts: ReferenceFacts) => boolean;

/**
 * The conditions on facts that stand in no table, each as the codes of the countries that meet it: no database needs
 * to hold what never changes between two versions of the program.
 */
export function factConditions(filter: CountryFilter): string[][] {
  return testsOf(filter).map((test) =>
    [...referenceFacts().values()].filter(test).map((facts) => facts.code),
  );
}

function testsOf(filter: CountryFilter): Test[] {
  const { languages, borders, callingCodes, topLevelDomains, demonym } = filter;
  return [
    ...given(languages, (list) => {
      const wanted = new Set(list.map(languageKey));
      return (facts) => facts.languages.some(({ code }) => wanted.has(languageKey(code)));
    }),
    ...given(borders, (list) => {
      const wanted = new Set(alpha2Codes(list));
      return (facts) => facts.borders.some((code) => wanted.has(code));
    }),
    ...given(callingCodes, (list) => {
      const wanted = new Set(list.map((code) => code.replace(/^(\+|00)?/, '+').replace(/[\s-]/g, '')));
      return (facts) => facts.callingCodes.some((code) => wanted.has(code));
    }),
    ...given(topLevelDomains, (list) => {
      const wanted = new Set(list.map((domain) => domain.toLowerCase().replace(/^\.?/, '.')));
      return (facts) => facts.topLevelDomains.some((domain) => wanted.has(domain));
    }),
    ...given(demonym, (text) => (facts) => facts.demonym !== null && matchesText(facts.demonym, text)),
    ...given(filter.landlocked, (wanted) => (facts) => facts.landlocked === wanted),
    ...given(filter.independent, (wanted) => (facts) => facts.independent === wanted),
    ...given(filter.unMember, (wanted) => (facts) => facts.unMember === wanted),
  ];
}

function given<T>(value: T | null | undefined, test: (value: T) => Test): Test[] {
  return value === null || value === undefined ? [] : [test(value)];
}
