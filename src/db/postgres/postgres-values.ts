import type { Compilable } from 'kysely';
import pg from 'pg';
import { toStored } from '../tables.js';

const BIGINT = 20;
const REAL = 700;
const DOUBLE = 701;
const TIMESTAMP = 1114;
const TIMESTAMP_WITH_ZONE = 1184;
/** What sums of integers are. */
const NUMERIC = 1700;

/** Numbers as numbers, moments as text (see `toStored`), and everything else as the server writes it. */
export function parserOf(oid: number): (text: string) => unknown {
  return PARSERS.get(oid) ?? ((text) => text);
}

const PARSERS = new Map<number, (text: string) => unknown>([
  ...[BIGINT, REAL, DOUBLE, NUMERIC, 21, 23, 26].map((oid): [number, (text: string) => number] => [oid, Number]),
  [16, (text) => text === 't'],
  [TIMESTAMP, moment],
  [TIMESTAMP_WITH_ZONE, moment],
]);

/** The server leaves out zeros at the end. A zone is UTC, by the settings of the session. */
function moment(text: string): string {
  const fraction = /^\.(\d+)/.exec(text.slice(19))?.[1] ?? '';
  return `${text.slice(0, 19)}.${fraction.padEnd(3, '0').slice(0, 3)}`;
}

/** The text of a value, as the server reads it in a parameter or between quotes. */
export function toBindable(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return toStored(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} cannot be stored`);
  const text = String(value);
  if (text.includes('\0')) throw new TypeError('PostgreSQL cannot store text with a NUL character');
  return text;
}

/** The SQL with its values as quoted literals, whose types the server infers as it does those of parameters. */
export function postgresText(statement: Compilable): string {
  const { sql: text, parameters } = statement.compile();
  const values = parameters.map(toBindable).map((value) => (value === null ? 'null' : pg.escapeLiteral(value)));
  // Kysely writes a number behind each dollar sign, and quotes every name.
  return text.replace(/\$(\d+)/g, (_, position) => values[position - 1] as string);
}
