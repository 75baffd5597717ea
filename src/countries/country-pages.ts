import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../db/database.js';
import type { CountryRow, Tables } from '../db/tables.js';
import type { Country } from './country.type.js';
import { type AskedFields, columnsFor, wantsCursors } from './country-columns.js';
import { matches } from './country-filter.js';
import { isAt, isBeside, mayBeNull, type Position, positionOf, type SortKey } from './country-order.js';
import { toCountries } from './country-row.js';
import { toCursor } from './cursor.js';
import type { PageRequest } from './page-request.js';

type Builder = ExpressionBuilder<Tables, 'countries'>;

export interface CountryPage {
  countries: Country[];
  /** Of a country of this page, if cursors were asked for. */
  cursorOf(country: Country): string;
  /** One look further; it costs a statement only at that end of the page where a cursor was given. */
  hasNextPage(): Promise<boolean>;
  hasPreviousPage(): Promise<boolean>;
}

/** Keyset paging: a page begins behind a place in the order, not behind a number of rows. */
export async function readPage(
  database: Database,
  request: PageRequest,
  asked: AskedFields,
): Promise<CountryPage> {
  const { keys, limit, backwards, after, before } = request;
  // One more than the page holds tells whether there is another page.
  const found = await readRows(database, request, asked, limit + 1);
  const shown = found.slice(0, limit);
  if (backwards) shown.reverse();
  const countries = toCountries(shown, asked);
  const rowOf = new Map(wantsCursors(asked) ? shown.map((row, at) => [countries[at], row]) : []);
  const hasMore = found.length > limit;
  return {
    countries,
    cursorOf: (country) => toCursor(keys, positionOf(rowOf.get(country) as CountryRow, keys)),
    hasNextPage: async () => (!backwards && hasMore) || hasRowsFrom(database, request, 'behind', before),
    hasPreviousPage: async () => (backwards && hasMore) || hasRowsFrom(database, request, 'before', after),
  };
}

function readRows(
  database: Database,
  request: PageRequest,
  asked: AskedFields,
  limit: number,
): Promise<Partial<CountryRow>[]> {
  const { keys, backwards, after, before } = request;
  const sortedBy = wantsCursors(asked) ? keys.map(({ column }) => column) : [];
  let select = database.kysely
    .selectFrom('countries')
    .select(columnsFor(asked, sortedBy))
    .limit(limit)
    .where((eb) =>
      eb.and([
        ...matching(eb, request),
        ...(after ? [isBeside(eb, 'behind', keys, after)] : []),
        ...(before ? [isBeside(eb, 'before', keys, before)] : []),
      ]),
    );
  for (const { column, direction } of keys) {
    if (mayBeNull(column))
      select = select.orderBy((eb) => eb(column, 'is', null), backwards ? 'desc' : 'asc');
    select = select.orderBy(column, backwards ? opposite(direction) : direction);
  }
  return select.execute();
}

async function hasRowsFrom(
  { kysely }: Database,
  request: PageRequest,
  side: 'before' | 'behind',
  position: Position | null,
): Promise<boolean> {
  if (!position) return false;
  const { keys } = request;
  const row = await kysely
    .selectFrom('countries')
    .select(sql<number>`1`.as('found'))
    .where((eb) =>
      eb.and([
        ...matching(eb, request),
        eb.or([isAt(eb, keys, position), isBeside(eb, side, keys, position)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function matching(eb: Builder, { filter }: PageRequest): Expression<SqlBool>[] {
  return filter ? [matches(eb, filter)] : [];
}

function opposite(direction: SortKey['direction']): SortKey['direction'] {
  return direction === 'asc' ? 'desc' : 'asc';
}
