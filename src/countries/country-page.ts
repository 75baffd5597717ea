import { BadUserInputError } from '../errors.js';
import { type CountryFilter, type CountryOrder, CountryOrderField, OrderDirection } from './country.args.js';
import type { Country } from './country.type.js';
import type { CountryConnection } from './country-connection.js';
import { countryTest } from './country-filter.js';

/** More than there are countries: one page can always hold them all. */
const MAX_PAGE = 1000;

type Optional<T> = T | null | undefined;

export interface CountryQuery {
  filter?: Optional<CountryFilter>;
  /** By name without it. */
  orderBy?: Optional<CountryOrder[]>;
  first?: Optional<number>;
  after?: Optional<string>;
  last?: Optional<number>;
  before?: Optional<string>;
}

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
  const sorted = all.filter(countryTest(filter)).sort(comparing(keys));
  // The range between the cursors, of which the page is one end. It may be empty, or even turned around.
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

function isGiven<T>(value: Optional<T>): value is T {
  return value !== null && value !== undefined;
}

function pageSize(name: string, wanted: number): number {
  if (wanted < 0 || wanted > MAX_PAGE) throw new BadUserInputError(`${name} must be from 0 to ${MAX_PAGE}`);
  return wanted;
}

/** How many countries come before the position, or at it too. */
function countUpTo(
  sorted: readonly Country[],
  keys: readonly SortKey[],
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

type Value = string | number | null;

/** The values that a country has in the fields it is sorted by. */
type Position = Value[];

const KINDS = { text: isText, number: isNumber, moment: isMoment };

/** What a field sorts by, and which values a cursor may hold of it beside null. */
const FIELDS: Record<CountryOrderField, [valueOf: (country: Country) => Value, kind: keyof typeof KINDS]> = {
  CODE: [({ code }) => code, 'text'],
  ALPHA3: [({ alpha3 }) => alpha3, 'text'],
  NUMERIC: [({ numeric }) => numeric, 'text'],
  NAME: [({ nameKey }) => nameKey, 'text'],
  OFFICIAL_NAME: [({ officialNameKey }) => officialNameKey, 'text'],
  REGION: [({ region }) => region, 'text'],
  SUBREGION: [({ subregion }) => subregion, 'text'],
  POPULATION: [({ population }) => population, 'number'],
  AREA_KM2: [({ areaKm2 }) => areaKm2, 'number'],
  CURRENCY: [({ currency }) => currency?.code ?? null, 'text'],
  EXCHANGE_RATE: [({ exchangeRate }) => exchangeRate, 'number'],
  ESTIMATED_GDP: [({ estimatedGdp }) => estimatedGdp, 'number'],
  GDP_PER_CAPITA: [({ gdp }) => gdp.perCapita, 'number'],
  LAST_REFRESHED_AT: [({ lastRefreshedAt }) => lastRefreshedAt, 'moment'],
};

type SortKey = CountryOrder;

/** The code breaks ties, so that the order is total and a page ends at exactly one place. */
function sortKeys(orderBy: Optional<readonly CountryOrder[]>): SortKey[] {
  const wanted = orderBy?.length ? orderBy : [ascending(CountryOrderField.NAME)];
  const keys = [...wanted, ascending(CountryOrderField.CODE)];
  const firstOfEach = keys.filter((key, at) => keys.findIndex(({ field }) => field === key.field) === at);
  const end = firstOfEach.findIndex(({ field }) => field === CountryOrderField.CODE);
  return firstOfEach.slice(0, end + 1);
}

function ascending(field: CountryOrderField): SortKey {
  return { field, direction: OrderDirection.ASC };
}

function comparing(keys: readonly SortKey[]) {
  return (a: Country, b: Country) => comparePositions(positionOf(a, keys), positionOf(b, keys), keys);
}

function positionOf(country: Country, keys: readonly SortKey[]): Position {
  return keys.map(({ field }) => FIELDS[field][0](country));
}

/** Null comes last in both directions. */
function comparePositions(a: Position, b: Position, keys: readonly SortKey[]): number {
  const at = keys.findIndex((_, index) => a[index] !== b[index]);
  if (at === -1) return 0;
  const [x = null, y = null] = [a[at], b[at]];
  if (x === null || y === null) return x === null ? 1 : -1;
  return x < y === (keys[at]?.direction === OrderDirection.ASC) ? -1 : 1;
}

function toCursor(keys: readonly SortKey[], position: Position): string {
  return Buffer.from(JSON.stringify([orderName(keys), ...position])).toString('base64url');
}

/** Throws BadUserInputError for anything but a cursor of this order. */
function fromCursor(cursor: string, keys: readonly SortKey[]): Position {
  const [order, ...position] = parse(cursor);
  if (order !== orderName(keys)) {
    throw new BadUserInputError('This cursor is of another order: use it with the orderBy that it came from');
  }
  if (position.length !== keys.length) throw invalidCursor();
  return keys.map(({ field }, at) => {
    const value = position[at];
    if (value !== null && !KINDS[FIELDS[field][1]](value)) throw invalidCursor();
    return value as Value;
  });
}

function orderName(keys: readonly SortKey[]): string {
  return keys.map(({ field, direction }) => `${field} ${direction}`).join(', ');
}

function parse(cursor: string): unknown[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(content)) return content;
  } catch {
    // The error below says it.
  }
  throw invalidCursor();
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

/** No stored text holds control characters, halves of a character or a blank at its end. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && !/[\p{Cc}\p{Cs}]|\s$/u.test(value);
}

function isMoment(value: unknown): boolean {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

function invalidCursor() {
  return new BadUserInputError('Invalid cursor: use one from pageInfo or edges');
}
