import { type CompiledQuery, sql } from 'kysely';
import type { Database } from '../db/database.js';
import type { CountryRow } from '../db/tables.js';
import { BadUserInputError } from '../errors.js';
import { nameKey } from './name-key.js';
import { codeOfName } from './reference.js';

export interface CountryKey {
  code?: string | null | undefined;
  name?: string | null | undefined;
}

/** Reads these columns of one country at a time. */
export class CountryLookup {
  readonly #kysely: Database['kysely'];
  readonly #columns: readonly (keyof CountryRow)[];
  /** By column: to build the statement costs three times what it costs to run it. */
  readonly #byCode = new Map<'code' | 'alpha3', CompiledQuery<CountryRow>>();

  constructor({ kysely }: Pick<Database, 'kysely'>, columns: readonly (keyof CountryRow)[]) {
    this.#kysely = kysely;
    this.#columns = columns;
  }

  /** Undefined when it is unknown. Throws BadUserInputError unless one of both is given. */
  async find({ code, name }: CountryKey): Promise<CountryRow | undefined> {
    if (Boolean(code) === Boolean(name)) throw new BadUserInputError('Give either code or name');
    return code ? this.#findByCode(code) : this.#findByName(nameKey(name ?? ''));
  }

  async #findByCode(code: string): Promise<CountryRow | undefined> {
    const column = code.length === 2 ? 'code' : 'alpha3';
    const query = this.#byCode.get(column) ?? this.#compile(column);
    const { rows } = await this.#kysely.executeQuery<CountryRow>({ ...query, parameters: [code, 1] });
    return rows[0];
  }

  #compile(column: 'code' | 'alpha3'): CompiledQuery<CountryRow> {
    const query = this.#kysely
      .selectFrom('countries')
      .select(this.#columns)
      .where(column, '=', '')
      .orderBy('code')
      .limit(1)
      .compile() as CompiledQuery<CountryRow>;
    this.#byCode.set(column, query);
    return query;
  }

  /** By its common name before its official one, and by both before what else it is called. */
  async #findByName(key: string): Promise<CountryRow | undefined> {
    if (key === '') return undefined;
    const code = codeOfName(key);
    return this.#kysely
      .selectFrom('countries')
      .select(this.#columns)
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
}
