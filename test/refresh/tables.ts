import type { Database } from '../../src/db/database.js';

/** Every row of every table that holds data: what a failed refresh must leave as it was. */
export async function dataIn({ kysely }: Pick<Database, 'kysely'>) {
  return {
    countries: await kysely.selectFrom('countries').selectAll().orderBy('code').execute(),
    links: await kysely
      .selectFrom('country_currencies')
      .selectAll()
      .orderBy('country_code')
      .orderBy('currency_code')
      .execute(),
    currencies: await kysely.selectFrom('currencies').selectAll().orderBy('code').execute(),
    rates: await kysely
      .selectFrom('exchange_rates')
      .selectAll()
      .orderBy('currency_code')
      .orderBy('observed_on')
      .execute(),
  };
}
