import { Field, Int, ObjectType } from 'type-graphql';
import { BadUserInputError } from '../errors.js';
import { nullable } from '../scalars.js';
import { type CountryOrder, CountryOrderField, type CountryQuery, ORDERINGS, OrderDirection } from './country.args.js';
import { Country } from './country.type.js';
import { countryTest } from './country-filter.js';

@ObjectType({ simpleResolvers: true, description: 'A country with its cursor.' })
export class CountryEdge {
  @Field(() => String, { description: 'The position of this country in the order, for `after` and `before`.' })
  cursor!: string;

  @Field(() => Country, { description: 'The country.' })
  node!: Country;
}

@ObjectType({ simpleResolvers: true, description: 'The ends of a page, and whether there are more pages.' })
export class PageInfo {
  @Field(() => String, nullable('Use it as `before` for the previous page. Null when the page is empty.'))
  startCursor!: string | null;

  @Field(() => String, nullable('Use it as `after` for the next page. Null when the page is empty.'))
  endCursor!: string | null;

  @Field(() => Boolean, { description: 'Whether there are countries after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are countries before this page.' })
  hasPreviousPage!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'One page of countries (Relay cursor connection).' })
export class CountryConnection {
  @Field(() => [Country], { description: 'The countries of this page.' })
  nodes!: Country[];

  @Field(() => [CountryEdge], { description: 'The countries of this page, each with its cursor.' })
  edges!: CountryEdge[];

  @Field(() => PageInfo, { description: 'The ends of this page, and whether there are more pages.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many countries match the filter, on all pages together.' })
  totalCount!: number;
}

/** More than there are countries: one page can always hold them all. */
const MAX_PAGE = 1000;

/**
 * Cursor pagination: a cursor holds the values that its country is sorted by, so that pages stay correct when
 * countries come, go or move in between. Throws BadUserInputError for arguments that make no sense.
 */
export function createPage(
  all: readonly Country[],
  { filter, orderBy, first, after, last, before }: CountryQuery,
): CountryConnection {
  if (isGiven(first) && isGiven(last)) throw new BadUserInputError('Give either first or last');
  const limit = isGiven(last) ? pageSize('last', last) : pageSize('first', first ?? MAX_PAGE);
  const keys = sortKeys(orderBy);
  const sorted = all
    .filter(countryTest(filter))
    .sort((a, b) => comparePositions(positionOf(a, keys), positionOf(b, keys), keys));
  // The range between the cursors; the page is at one end of it. It may be empty or even inverted.
  const from = isGiven(after) ? countUpTo(sorted, keys, after, true) : 0;
  const to = isGiven(before) ? countUpTo(sorted, keys, before, false) : sorted.length;
  const start = isGiven(last) ? Math.max(from, to - limit) : from;
  const end = isGiven(last) ? to : Math.min(to, from + limit);
  const nodes = sorted.slice(start, Math.max(start, end));
  const cursorOf = (country: Country) => toCursor(keys, positionOf(country, keys));
  const [startNode, endNode] = [nodes.at(0), nodes.at(-1)];
  return {
    nodes,
    totalCount: sorted.length,
    pageInfo: {
      startCursor: startNode ? cursorOf(startNode) : null,
      endCursor: endNode ? cursorOf(endNode) : null,
      hasNextPage: end < sorted.length,
      hasPreviousPage: start > 0,
    },
    /** A getter, because most queries do not select it. */
    get edges() {
      return nodes.map((node) => ({ node, cursor: cursorOf(node) }));
    },
  };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function pageSize(name: string, wanted: number): number {
  if (wanted < 0 || wanted > MAX_PAGE) throw new BadUserInputError(`${name} must be from 0 to ${MAX_PAGE}`);
  return wanted;
}

/** How many countries come before the position, or at it too. */
function countUpTo(
  sorted: readonly Country[],
  keys: readonly CountryOrder[],
  cursor: string,
  inclusive: boolean,
): number {
  const position = fromCursor(cursor, keys);
  const end = sorted.findIndex((country) => {
    const order = comparePositions(positionOf(country, keys), position, keys);
    return inclusive ? order > 0 : order >= 0;
  });
  return end === -1 ? sorted.length : end;
}

/** The values that a country has in the fields it is sorted by. */
type Position = (string | number | null)[];

/** The code breaks ties, so that the order is total and a page ends at exactly one place. */
function sortKeys(orderBy: readonly CountryOrder[] | null | undefined): CountryOrder[] {
  const wanted = orderBy?.length ? orderBy : [ascending(CountryOrderField.NAME)];
  const keys = [...wanted, ascending(CountryOrderField.CODE)];
  const firstOfEach = keys.filter((key, at) => keys.findIndex(({ field }) => field === key.field) === at);
  const end = firstOfEach.findIndex(({ field }) => field === CountryOrderField.CODE);
  return firstOfEach.slice(0, end + 1);
}

function ascending(field: CountryOrderField): CountryOrder {
  return { field, direction: OrderDirection.ASC };
}

function positionOf(country: Country, keys: readonly CountryOrder[]): Position {
  return keys.map(({ field }) => ORDERINGS[field].value(country));
}

/** Null comes last in both directions. */
function comparePositions(a: Position, b: Position, keys: readonly CountryOrder[]): number {
  const at = keys.findIndex((_, index) => a[index] !== b[index]);
  if (at === -1) return 0;
  const [x = null, y = null] = [a[at], b[at]];
  if (x === null || y === null) return x === null ? 1 : -1;
  return x < y === (keys[at]?.direction === OrderDirection.ASC) ? -1 : 1;
}

function toCursor(keys: readonly CountryOrder[], position: Position): string {
  return Buffer.from(JSON.stringify([orderName(keys), ...position])).toString('base64url');
}

/** Throws BadUserInputError for anything but a cursor of this order. */
function fromCursor(cursor: string, keys: readonly CountryOrder[]): Position {
  const [order, ...position] = parse(cursor);
  if (order !== orderName(keys)) {
    throw new BadUserInputError('This cursor is of another order: use it with the orderBy that it came from');
  }
  const isValid = ({ field }: CountryOrder, at: number) =>
    position[at] === null || IS_VALID[ORDERINGS[field].kind](position[at]);
  if (position.length !== keys.length || !keys.every(isValid)) throw invalidCursor();
  return position as Position;
}

const IS_VALID = {
  number: (value: unknown) => typeof value === 'number',
  // No stored text holds control characters, halves of a character or a blank at its end.
  text: (value: unknown) => typeof value === 'string' && !/[\p{Cc}\p{Cs}]|\s$/u.test(value),
  moment: (value: unknown) =>
    typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value,
};

function orderName(keys: readonly CountryOrder[]): string {
  return keys.map(({ field, direction }) => `${field} ${direction}`).join(', ');
}

function parse(cursor: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(content)) return content;
  } catch {
    // Reported below.
  }
  throw invalidCursor();
}

function invalidCursor() {
  return new BadUserInputError('Invalid cursor: use one from pageInfo or edges');
}
