import type { Database } from '../db/database.js';
import type { ExchangeRateRow } from '../db/tables.js';

/** Which currencies, all of them when it is not said, and up to which day. */
export interface LastRatesQuery {
  codes?: readonly string[];
  on?: string | undefined;
}

/** The last observation of each currency up to the day, or the last of all. Currencies without one are left out. */
export async function readLastRates(
  { kysely }: Pick<Database, 'kysely'>,
  { codes, on }: LastRatesQuery = {},
): Promise<ExchangeRateRow[]> {
  // From the currencies, with a join to the left, a database has to look up one row for each. It would else go through
  // the whole history, and `max` in place of `limit` would make MySQL read all days of each currency.
  const rows = await kysely
    .selectFrom('currencies as c')
    .leftJoin('exchange_rates as r', (join) =>
      join.onRef('r.currency_code', '=', 'c.code').on('r.observed_on', '=', (eb) =>
        eb
          .selectFrom('exchange_rates as last')
          .select('last.observed_on')
          .whereRef('last.currency_code', '=', 'c.code')
          .$if(on !== undefined, (last) => last.where('last.observed_on', '<=', on as string))
          .orderBy('last.observed_on', 'desc')
          .limit(1),
      ),
    )
    .select(['r.currency_code', 'r.observed_on', 'r.rate', 'r.source'])
    .$if(codes !== undefined, (select) => select.where('c.code', 'in', [...new Set(codes)]))
    .execute();
  return rows.filter((row): row is ExchangeRateRow => row.rate !== null);
}
