import { BadUserInputError } from '../errors.js';
import { COLUMN_KINDS, type Position, type SortKey } from './country-order.js';

/** A cursor holds the place itself, not a row number: pages stay right when rows come, go or move between them. */
export function toCursor(keys: readonly SortKey[], position: Position): string {
  return Buffer.from(JSON.stringify([orderName(keys), ...position])).toString('base64url');
}

/** Throws BadUserInputError for anything that this order did not hand out. */
export function fromCursor(cursor: string, keys: readonly SortKey[]): Position {
  const [order, ...position] = parse(cursor);
  if (order !== orderName(keys)) {
    throw new BadUserInputError(
      'This cursor belongs to another order; page on with the orderBy it came from',
    );
  }
  if (position.length !== keys.length) throw malformed();
  return keys.map((key, at) => valueAt(key, position[at]));
}

function orderName(keys: readonly SortKey[]): string {
  return keys.map(({ column, direction }) => `${column} ${direction}`).join(', ');
}

function parse(cursor: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(content)) return content;
  } catch {
    // Said below.
  }
  throw malformed();
}

function valueAt({ column }: SortKey, value: unknown): string | number | null {
  if (value === null) return null;
  const kind = COLUMN_KINDS[column];
  if (kind === 'number' && typeof value === 'number') return value;
  if (kind === 'text' && typeof value === 'string' && !UNSORTABLE.test(value)) return value;
  if (kind === 'moment' && typeof value === 'string' && isStoredMoment(value)) return value;
  throw malformed();
}

/** What no column holds, and databases refuse or compare each in its own way. */
const UNSORTABLE = /[\p{Cc}\p{Cs}]|\s$/u;

function isStoredMoment(value: string): boolean {
  const match = /^([1-9]\d{3}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3})$/.exec(value);
  if (!match) return false;
  const time = Date.parse(`${match[1]}T${match[2]}Z`);
  return !Number.isNaN(time) && new Date(time).toISOString() === `${match[1]}T${match[2]}Z`;
}

function malformed() {
  return new BadUserInputError('This is no cursor; take one from pageInfo or edges.cursor');
}
