import { BadUserInputError } from '../errors.js';
import type { Position, SortKey } from './country-order.js';

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
  if (position.length !== keys.length || !position.every(isValue)) throw malformed();
  return position;
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

function isValue(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function malformed() {
  return new BadUserInputError('This is no cursor; take one from pageInfo.endCursor or edges.cursor');
}
