import { graphql } from 'graphql';
import type { KyselyPlugin } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCountryLoaders } from '../../src/countries/country.loaders.js';
import { CountryService } from '../../src/countries/country.service.js';
import { createCurrencyLoaders } from '../../src/currencies/currency.loaders.js';
import { CurrencyService, RateService } from '../../src/currencies/currency.service.js';
import type { Database } from '../../src/db/database.js';
import { createSchema } from '../../src/graphql/schema.js';
import { bundledDatabase } from '../bundled.js';
import { describeEachDatabase } from '../databases.js';

const schema = createSchema();

describe('the statements of a query', () => {
  describeEachDatabase((open) => {
    let database: Database;
    beforeAll(async () => {
      ({ database } = await open());
      await bundledDatabase(database);
    });

    /** What the query costs; it fails when the answer has errors. */
    async function statementsOf(query: string): Promise<number> {
      const counter = new StatementCounter();
      const counted = { ...database, kysely: database.kysely.withPlugin(counter) };
      const countries = new CountryService(counted);
      const currencies = new CurrencyService(counted);
      const rates = new RateService(counted);
      const contextValue = {
        countries,
        currencies,
        rates,
        countryLoaders: createCountryLoaders(countries),
        currencyLoaders: createCurrencyLoaders(currencies, rates),
      };
      const { errors } = await graphql({ schema, source: query, contextValue });
      expect(errors).toBeUndefined();
      return counter.count;
    }

    const around = (first: number) =>
      `{ countries(first: ${first}) { nodes { currency { countries { borders { currency { rate { rate } } } } } } } }`;

    it('are as many for 250 countries as for 10, all the way around', async () => {
      // The countries, their currencies, the countries of these, their neighbours, the neighbours' currencies that
      // have not come up before, and the rates.
      expect(await statementsOf(around(10))).toBe(6);
      expect(await statementsOf(around(250))).toBeLessThanOrEqual(6);
    });

    it('are one for each kind of link, however many ask for it', async () => {
      const links =
        'currencies { code countries { code } } borders { name } languages { countries { code } }';
      const few = await statementsOf(`{ countries(first: 5) { nodes { ${links} } } }`);
      const many = await statementsOf(`{ countries(first: 250) { nodes { ${links} } } }`);
      expect(many).toBe(few);
    });

    it('are one for the rates of a day and one for a history, of all currencies together', async () => {
      const one =
        '{ currencies(codes: ["CHF"]) { rate { rate } history(from: "2026-09-01", to: "2026-09-30") { rate } } }';
      const all = '{ currencies { rate { rate } history(from: "2026-09-01", to: "2026-09-30") { rate } } }';
      expect(await statementsOf(one)).toBe(3);
      expect(await statementsOf(all)).toBe(3);
      expect(
        await statementsOf(
          '{ convert(amount: 1, from: "EUR", to: ["USD", "JPY", "CHF", "XOF"]) { result } }',
        ),
      ).toBe(1);
    });

    it('count what matches and look beyond the page only when that is asked for', async () => {
      expect(await statementsOf('{ countries(first: 3) { nodes { code } } }')).toBe(1);
      expect(await statementsOf('{ countries(first: 3) { pageInfo { hasNextPage hasPreviousPage } } }')).toBe(
        1,
      );
      expect(await statementsOf('{ countries(first: 3) { totalCount } }')).toBe(2);
    });
  });
});

class StatementCounter implements KyselyPlugin {
  count = 0;

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    this.count += 1;
    return node;
  };

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}
