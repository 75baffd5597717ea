import { connectDatabase } from '../../src/db/connect.js';
import { toIso } from '../../src/db/tables.js';
import type { Rows } from './peer-schema.js';

/** The same table through the same driver, without anything between. */
export async function openKyselyRows(): Promise<Rows> {
  const url = process.env.DATABASE_URL ?? '';
  const { kysely } = await connectDatabase({ url, caFile: undefined, poolSize: 1, maxOverflow: 0 });
  const select = () =>
    kysely
      .selectFrom('countries')
      .select([
        'code',
        'name',
        'capitals',
        'region',
        'population',
        'flag_url as flagUrl',
        'exchange_rate as exchangeRate',
        'estimated_gdp as estimatedGdp',
        'last_refreshed_at as lastRefreshedAt',
      ]);
  type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number];
  const toFact = ({ capitals, lastRefreshedAt, ...row }: Row) => ({
    ...row,
    capital: (JSON.parse(capitals) as string[])[0] ?? null,
    lastRefreshedAt: toIso(lastRefreshedAt),
  });
  return {
    all: async () => (await select().orderBy('name').execute()).map(toFact),
    one: async (code) => {
      const row = await select().where('code', '=', code).executeTakeFirst();
      return row && toFact(row);
    },
  };
}
