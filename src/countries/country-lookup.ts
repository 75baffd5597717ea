import { sql } from 'kysely';
import type { Database } from '../db/database.js';
import type { CountryRow } from '../db/tables.js';
import { BadUserInputError } from '../errors.js';
import { nameKey } from './name-key.js';
import { codeOfName } from './reference.js';

export interface CountryLookup {
  code?: string | null | undefined;
  name?: string | null | undefined;
}

type Column = keyof CountryRow;

/** These columns of one country, or undefined when it is unknown. Throws BadUserInputError unless one of both is given. */
export async function findRow(
  database: Database,
  { code, name }: CountryLookup,
  columns: readonly Column[],
): Promise<CountryRow | undefined> {
  if (Boolean(code) === Boolean(name)) throw new BadUserInputError('Give either code or name');
  return code ? byCode(database, code, columns) : byName(database, nameKey(name ?? ''), columns);
}

function byCode({ kysely }: Database, code: string, columns: readonly Column[]) {
  return kysely
    .selectFrom('countries')
    .select(columns)
    .where(code.length === 2 ? 'code' : 'alpha3', '=', code)
    .orderBy('code')
    .limit(1)
    .executeTakeFirst();
}

/** By its common name before its official one, and by both before what else it is called. */
async function byName({ kysely }: Database, key: string, columns: readonly Column[]) {
  if (key === '') return undefined;
  const code = codeOfName(key);
  return kysely
    .selectFrom('countries')
    .select(columns)
    .where((eb) =>
      eb.or([
        eb('name_key', '=', key),
        eb('official_name_key', '=', key),
        ...(code ? [eb('code', '=', code)] : []),
      ]),
    )
    .orderBy(sql`case when name_key = ${key} then 0 when official_name_key = ${key} then 1 else 2 end`)
    .orderBy('code')
    .limit(1)
    .executeTakeFirst();
}
