import { setImmediate as turn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Database } from './database.js';
import type { AnyTables, SqlDialect } from './dialect.js';
import type { Tables } from './tables.js';

/** See Database.readAll. */
export function createReadAll(kysely: Kysely<Tables>, { rowsAtOnce }: SqlDialect): Database['readAll'] {
  // Casts, for Kysely cannot follow a table's name that is a type parameter.
  const anyKysely = kysely as unknown as Kysely<AnyTables>;
  return async <T extends keyof Tables & string>(table: T, key: keyof Tables[T] & string) => {
    const all = anyKysely.selectFrom<string>(table).selectAll().orderBy(key);
    if (rowsAtOnce === undefined) return (await all.execute()) as unknown[] as Tables[T][];
    const next = all.limit(rowsAtOnce);
    const rows = await next.execute();
    for (let read = rows.length; read === rowsAtOnce; ) {
      await turn();
      const more = await next.where(key as string, '>', rows.at(-1)?.[key]).execute();
      rows.push(...more);
      read = more.length;
    }
    return rows as unknown[] as Tables[T][];
  };
}
