import { graphql } from 'graphql';
import type { KyselyPlugin } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { CountryService } from '../../src/countries/country.service.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import type { Database } from '../../src/db/database.js';
import { createSchema } from '../../src/graphql/schema.js';
import { bundledDatabase } from '../bundled.js';
import { describeEachDatabase } from '../databases.js';
import { rateRow } from '../db/rows.js';

const schema = createSchema();

describe('the statements of a query', () => {
  describeEachDatabase((open) => {
    const counter = new StatementCounter();
    let snapshots: SnapshotCache;
    beforeAll(async () => {
      const { database } = await open();
      await bundledDatabase(database);
      const past = ['EUR', 'JPY', 'USD'].map((code) => rateRow(code, 1, '2025-12-31'));
      await database.writeAtomically(database.upsert('exchange_rates', past, ['currency_code', 'observed_on'], 100));
      const counted: Database = { ...database, kysely: database.kysely.withPlugin(counter) };
      snapshots = new SnapshotCache(counted);
      await snapshots.current();
    });

    /** What the query costs once the data are known; it fails when the answer has errors. */
    async function statementsOf(query: string): Promise<number> {
      counter.count = 0;
      const pinned = snapshots.pinned();
      const contextValue = { countries: new CountryService(pinned), currencies: new CurrencyService(pinned) };
      const { errors } = await graphql({ schema, source: query, contextValue });
      expect(errors).toBeUndefined();
      return counter.count;
    }

    it('are none for countries and what they are linked with, all the way around', async () => {
      const around = 'currency { countries { borders { currency { rate { rate } } } } }';
      expect(await statementsOf(`{ countries(first: 10) { nodes { ${around} } } }`)).toBe(0);
      expect(await statementsOf(`{ countries(first: 250) { nodes { ${around} } } }`)).toBe(0);
    });

    it('are none, however many links are asked for', async () => {
      const links = 'currencies { code countries { code } } borders { name } languages { countries { code } }';
      expect(await statementsOf(`{ countries(first: 5) { nodes { ${links} } } }`)).toBe(0);
      expect(await statementsOf(`{ countries(first: 250) { nodes { ${links} } } }`)).toBe(0);
    });

    it('are none for counts, pages, sums, look-ups and last rates', async () => {
      for (const query of [
        '{ countries(first: 3) { nodes { code } pageInfo { hasNextPage hasPreviousPage } totalCount } }',
        '{ countryStats(groupBy: REGION) { count population } removedCountries { code } }',
        '{ country(name: "burma") { code } currency(code: "CHF") { rate(base: "EUR") { rate } } }',
        '{ currency(code: "CHF") { rate(on: "2099-12-31") { rate } } }',
        '{ convert(amount: 1, from: "EUR", to: ["USD", "JPY", "CHF", "XOF"]) { result } }',
      ]) {
        expect(await statementsOf(query), query).toBe(0);
      }
    });

    it('are one for the rates of a past day and one for a history, of all currencies together', async () => {
      const facts = 'rate(on: "2026-01-01") { rate } history(from: "2026-09-01", to: "2026-09-30") { rate }';
      expect(await statementsOf(`{ currencies(codes: ["CHF"]) { ${facts} } }`)).toBe(2);
      expect(await statementsOf(`{ currencies { ${facts} } }`)).toBe(2);
      const convert = 'convert(amount: 1, from: "EUR", to: ["USD", "JPY"], on: "2026-01-01")';
      expect(await statementsOf(`{ currencies(codes: ["CHF"]) { code } rates: ${convert} { result } }`)).toBe(1);
    });
  });
});

class StatementCounter implements KyselyPlugin {
  count = 0;

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => node;

  // Once for each statement that is executed, but not for those within another.
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => {
    this.count += 1;
    return result;
  };
}
