import { BadUserInputError } from '../errors.js';
import type { CountryFilter, FloatRange, TextFilter } from './country.args.js';
import type { Country } from './country.type.js';
import { countryNames } from './country-names.js';
import { nameKey, oneLine } from './name-key.js';
import { alpha2Code, languageCodes } from './reference.js';

const MAX_DEPTH = 5;

/** More than a form with a box for everything needs. */
const MAX_FILTERS = 100;

/** More than there are countries. */
const MAX_VALUES = 1000;

type Test = (country: Country) => boolean;

/** Throws BadUserInputError for a filter that is too large or has an impossible range. */
export function countryTest(filter: CountryFilter | null | undefined): Test {
  if (!filter) return () => true;
  if (countFilters(filter, 1) > MAX_FILTERS) {
    throw new BadUserInputError(`filter may hold at most ${MAX_FILTERS} filters`);
  }
  return allOf(filter);
}

function countFilters(filter: CountryFilter, depth: number): number {
  if (depth > MAX_DEPTH) throw new BadUserInputError(`filter may be nested at most ${MAX_DEPTH} deep`);
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value)) checkLength(name, value);
  }
  const { all, any, not } = filter;
  const inner = [...(all ?? []), ...(any ?? []), ...(not ? [not] : [])];
  return inner.reduce((sum, one) => sum + countFilters(one, depth + 1), 1);
}

/** Whether the names in all languages are needed. */
export function asksAnyName(filter: CountryFilter | null | undefined): boolean {
  if (!filter) return false;
  return Boolean(filter.anyName) || [...(filter.all ?? []), ...(filter.any ?? []), filter.not].some(asksAnyName);
}

function checkLength(name: string, values: readonly unknown[]): void {
  if (values.length > MAX_VALUES) {
    throw new BadUserInputError(`${name} may hold at most ${MAX_VALUES} values`);
  }
}

function allOf(filter: CountryFilter): Test {
  const tests = Object.entries(TESTS).flatMap(([field, testFor]) => {
    const wanted = filter[field as keyof CountryFilter];
    return wanted === null || wanted === undefined ? [] : [(testFor as (value: unknown) => Test)(wanted)];
  });
  return every(tests);
}

function every(tests: Test[]): Test {
  return (country) => tests.every((test) => test(country));
}

function some(tests: Test[]): Test {
  return (country) => tests.some((test) => test(country));
}

function not(test: Test): Test {
  return (country) => !test(country);
}

type Tests = { [Field in keyof CountryFilter]-?: (wanted: NonNullable<CountryFilter[Field]>) => Test };

/** Each is true or false, never unknown, so that `not` is the exact complement. */
const TESTS: Tests = {
  codes: oneOf(({ code, alpha3 }) => [code, alpha3]),
  name: textTest(({ nameKey }) => [nameKey]),
  anyName: textTest(({ code, nameKey, officialNameKey }) => {
    return [nameKey, officialNameKey, ...(countryNames().get(code)?.nameKeys ?? [])];
  }),
  capital: capitalTest,
  regions: oneOf(({ region }) => [region]),
  subregions: oneOf(({ subregion }) => [subregion], oneLine),
  currencies: oneOf(({ currencies }) => currencies.map(({ code }) => code)),
  population: rangeTest(({ population }) => population),
  estimatedGdp: rangeTest(({ estimatedGdp }) => estimatedGdp),
  gdpPerCapita: rangeTest((it) => it.gdpPerCapita),
  areaKm2: rangeTest(({ areaKm2 }) => areaKm2),
  languages: (tags) => oneOf(({ languages }) => languages.map(({ code }) => code))(tags.flatMap(languageCodes)),
  borders: oneOf(({ borderCodes }) => borderCodes, alpha2Code),
  callingCodes: oneOf(({ callingCodes }) => callingCodes, toCallingCode),
  topLevelDomains: oneOf(({ topLevelDomains }) => topLevelDomains, toTopLevelDomain),
  demonym: textTest(({ demonym }) => [demonym === null ? null : nameKey(demonym)]),
  landlocked: (wanted) => (country) => country.landlocked === wanted,
  independent: (wanted) => (country) => country.independent === wanted,
  unMember: (wanted) => (country) => country.unMember === wanted,
  hasRate: (wanted) => (country) => (country.exchangeRate !== null) === wanted,
  all: (filters) => every(filters.map(allOf)),
  any: (filters) => some(filters.map(allOf)),
  not: (filter) => not(allOf(filter)),
};

type Values = readonly (string | null)[];

function oneOf(valuesOf: (country: Country) => Values, normalise = (value: string) => value) {
  return (list: readonly string[]): Test => {
    const wanted = new Set<string | null>(list.map(normalise));
    return (country) => valuesOf(country).some((value) => wanted.has(value));
  };
}

/** `0041`, `41` and `+41` are the same. */
function toCallingCode(code: string): string {
  return code.replace(/^(\+|00)?/, '+').replace(/[\s-]/g, '');
}

function toTopLevelDomain(domain: string): string {
  return domain.toLowerCase().replace(/^\.?/, '.');
}

function rangeTest(figureOf: (country: Country) => number | null) {
  return ({ gte, lte }: FloatRange): Test => {
    const [least, most] = [gte ?? Number.NEGATIVE_INFINITY, lte ?? Number.POSITIVE_INFINITY];
    if (![gte ?? 0, lte ?? 0].every(Number.isFinite)) {
      throw new BadUserInputError('The ends of a range must be finite numbers');
    }
    if (least > most) {
      throw new BadUserInputError(`The range from ${gte} to ${lte} is empty: gte must not be greater than lte`);
    }
    return (country) => {
      const value = figureOf(country);
      return value !== null && value >= least && value <= most;
    };
  };
}

/** All conditions must hold for the same text. */
function textTest(keysOf: (country: Country) => Values) {
  return (filter: TextFilter): Test => {
    const conditions = conditionsOf(filter);
    return (country) => keysOf(country).some((key) => key !== null && conditions.every((holds) => holds(key)));
  };
}

/** Each condition may hold for another one of the capitals. */
function capitalTest(filter: TextFilter): Test {
  const conditions = conditionsOf(filter);
  return ({ capitalKeys: keys }) => keys.length > 0 && conditions.every((holds) => keys.some(holds));
}

type Condition = (key: string) => boolean;

function conditionsOf(filter: TextFilter): Condition[] {
  const { equals, contains, startsWith, endsWith, in: list } = filter;
  checkLength('in', list ?? []);
  const keys = list && new Set(list.map(nameKey));
  return [
    ...folded(equals, (wanted) => (key) => key === wanted),
    ...folded(contains, (wanted) => (key) => key.includes(wanted)),
    ...folded(startsWith, (wanted) => (key) => key.startsWith(wanted)),
    ...folded(endsWith, (wanted) => (key) => key.endsWith(wanted)),
    ...(keys ? [(key: string) => keys.has(key)] : []),
  ];
}

function folded(text: string | null | undefined, condition: (wanted: string) => Condition): Condition[] {
  return typeof text === 'string' ? [condition(nameKey(text))] : [];
}
