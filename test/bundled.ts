import type { Database } from '../src/db/database.js';
import type { Merged } from '../src/refresh/merge.js';
import type { Stored } from '../src/refresh/stored.js';

/** What a refresh finds in an empty database. */
export function nothingStored(): Stored {
  return { countries: new Map(), currencies: new Map(), links: [], rates: new Map(), sources: [] };
}

/** Stores what was merged, without the report of a refresh. */
export async function storeMerged(
  database: Database,
  { countries, currencies, links, rates }: Pick<Merged, 'countries' | 'currencies' | 'links' | 'rates'>,
): Promise<void> {
  await database.writeAtomically([
    ...database.upsert('currencies', currencies, ['code'], 100),
    ...database.upsert('countries', countries, ['code'], 100),
    ...database.upsert('country_currencies', links, ['country_code', 'currency_code'], 100),
    ...database.upsert('exchange_rates', rates, ['currency_code', 'observed_on'], 100),
  ]);
}
