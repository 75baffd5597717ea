import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Tables } from '../db/tables.js';
import { BadUserInputError } from '../errors.js';
import type { TextFilter } from './country.args.js';
import { nameKey } from './name-key.js';
import { referenceFacts } from './reference.js';

type Builder = ExpressionBuilder<Tables, 'countries'>;
type Condition = Expression<SqlBool>;

const MAX_VALUES = 1000;

/** What a text must be like, by kind: all of them hold for the same text. */
interface Wanted {
  equals: string | null;
  contains: string | null;
  startsWith: string | null;
  endsWith: string | null;
  in: string[] | null;
}

export function nameMatches(eb: Builder, filter: TextFilter): Condition {
  return columnMatches(eb, 'name_key', folded(filter));
}

/** One of the names of a country: those stored, or those known beside them, which are looked through here. */
export function anyNameMatches(eb: Builder, filter: TextFilter): Condition {
  const wanted = folded(filter);
  const codes = [...referenceFacts().values()]
    .filter(({ searchNames }) => searchNames.some((name) => textMatches(name, wanted)))
    .map(({ code }) => code);
  return eb.or([
    columnMatches(eb, 'name_key', wanted),
    columnMatches(eb, 'official_name_key', wanted),
    ...(codes.length > 0 ? [eb('code', 'in', codes)] : []),
  ]);
}

/** One of the capitals, which stand in the column between line feeds. */
export function capitalMatches(eb: Builder, filter: TextFilter): Condition {
  const { equals, contains, startsWith, endsWith, in: list } = folded(filter);
  const has = (text: string) => sql<SqlBool>`instr(${sql.ref('capitals_key')}, ${text}) > 0`;
  return eb.and([
    eb('capitals_key', 'is not', null),
    ...given(equals, (text) => has(`\n${text}\n`)),
    ...given(contains, has),
    ...given(startsWith, (text) => has(`\n${text}`)),
    ...given(endsWith, (text) => has(`${text}\n`)),
    ...given(list, (texts) => eb.or(texts.map((text) => has(`\n${text}\n`)))),
  ]);
}

/** The same question about a text that is at hand. */
export function matchesText(text: string, filter: TextFilter): boolean {
  return textMatches(nameKey(text), folded(filter));
}

function folded(filter: TextFilter): Wanted {
  if ((filter.in?.length ?? 0) > MAX_VALUES) {
    throw new BadUserInputError(`in may hold at most ${MAX_VALUES} values`);
  }
  const fold = (text: string | null | undefined) => (typeof text === 'string' ? nameKey(text) : null);
  return {
    equals: fold(filter.equals),
    contains: fold(filter.contains),
    startsWith: fold(filter.startsWith),
    endsWith: fold(filter.endsWith),
    in: filter.in?.map(nameKey) ?? null,
  };
}

function columnMatches(eb: Builder, name: 'name_key' | 'official_name_key', wanted: Wanted): Condition {
  const column = sql.ref(name);
  return eb.and([
    eb(name, 'is not', null),
    ...given(wanted.equals, (text) => eb(name, '=', text)),
    ...given(wanted.contains, (text) => sql<SqlBool>`instr(${column}, ${text}) > 0`),
    ...given(wanted.startsWith, (text) => sql<SqlBool>`substr(${column}, 1, ${length(text)}) = ${text}`),
    // Where a text is shorter than that, dialects differ in what they cut from it, yet none of it is the text.
    ...given(wanted.endsWith, (text) =>
      text === '' ? eb.and([]) : sql<SqlBool>`substr(${column}, ${-length(text)}) = ${text}`,
    ),
    ...given(wanted.in, (texts) => (texts.length === 0 ? eb.or([]) : eb(name, 'in', texts))),
  ]);
}

function given<T>(value: T | null, condition: (value: T) => Condition): Condition[] {
  return value === null ? [] : [condition(value)];
}

/** In characters, as databases count, and not in UTF-16 units. */
function length(text: string): number {
  return Array.from(text).length;
}

function textMatches(name: string, { equals, contains, startsWith, endsWith, in: list }: Wanted): boolean {
  return (
    (equals === null || name === equals) &&
    (contains === null || name.includes(contains)) &&
    (startsWith === null || name.startsWith(startsWith)) &&
    (endsWith === null || name.endsWith(endsWith)) &&
    (list === null || list.includes(name))
  );
}
