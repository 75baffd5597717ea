import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceFacts } from '../../src/countries/reference.js';
import { startApp, type TestApp } from '../app.js';
import {
  CountryByCodeDocument,
  CountryByNameDocument,
  CountryPageDocument,
  type CountryPageQuery,
  type CountryPageQueryVariables,
  DeleteCountryDocument,
  RefreshCountriesDocument,
  TopEconomiesDocument,
} from '../client/generated/graphql.js';
import { describeMostDatabases } from '../databases.js';

describeMostDatabases((open) => {
  let app: TestApp;
  beforeAll(async () => {
    const { url } = await open();
    app = await startApp(url);
    app.upstream.facts.rates.ZWG = null;
    await app.query(RefreshCountriesDocument, {});
  });
  afterAll(() => app.close());

  describe('country', () => {
    it('is found by alpha-2 or alpha-3 code in any case', async () => {
      for (const code of ['CI', 'ci', 'CIV', 'civ']) {
        const { country } = await app.query(CountryByCodeDocument, { code });
        expect(country?.code).toBe('CI');
      }
    });

    it('is found by name with case and accents ignored', async () => {
      for (const name of ['Côte d’Ivoire', "COTE D'IVOIRE", "  cote  d'ivoire "]) {
        const { country } = await app.query(CountryByNameDocument, { name });
        expect(country?.code).toBe('CI');
      }
    });

    it('has all its facts', async () => {
      const { country } = await app.query(CountryByCodeDocument, { code: 'CH' });
      expect(country).toMatchObject({
        id: 'CH',
        alpha3: 'CHE',
        numeric: '756',
        name: 'Switzerland',
        french: 'Suisse',
        flagEmoji: '🇨🇭',
        currency: { code: 'CHF', rate: { base: 'USD', quote: 'CHF', date: '2026-09-29' } },
        gdp: { method: 'PER_CAPITA', reason: null },
      });
      expect(country?.exchangeRate).toBe(country?.currency?.rate?.rate);
      expect(country?.estimatedGdp).toBeCloseTo((country?.population ?? 0) * (country?.gdp.perCapita ?? 0), 0);
    });

    it('says why it has no estimate', async () => {
      const { country: unpeopled } = await app.query(CountryByCodeDocument, { code: 'BV' });
      expect(unpeopled).toMatchObject({
        population: null,
        estimatedGdp: null,
        gdp: { reason: 'NO_POPULATION' },
      });
      const { country: notReported } = await app.query(CountryByCodeDocument, { code: 'TW' });
      expect(notReported).toMatchObject({ estimatedGdp: null, gdp: { reason: 'NOT_REPORTED', year: null } });
    });

    it('has several currencies, or none', async () => {
      const { country: several } = await app.query(CountryByCodeDocument, { code: 'PS' });
      expect(several?.currencies.map((it) => it.code)).toEqual(['ILS', 'JOD']);
      const { country: none } = await app.query(CountryByCodeDocument, { code: 'AQ' });
      expect(none).toMatchObject({ currency: null, currencies: [], exchangeRate: null });
    });

    it('has the first currency with a rate as its currency', async () => {
      const { country } = await app.query(CountryByCodeDocument, { code: 'ZW' });
      expect(country?.currencies.map((it) => it.code)).toEqual(['ZWG', 'USD']);
      expect(country?.currency?.code).toBe('USD');
    });

    it('is null when unknown', async () => {
      expect(await app.query(CountryByCodeDocument, { code: 'ZZ' })).toEqual({ country: null });
      expect(await app.query(CountryByNameDocument, { name: "'; drop table countries; --" })).toEqual({
        country: null,
      });
    });

    it('requires exactly one of code and name', async () => {
      for (const args of ['', '(code: "CI", name: "Mali")', '(code: null)']) {
        const { errors, data } = await app.post(`{ country${args} { code } }`);
        expect(data).toEqual({ country: null });
        expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
      }
    });

    it('refuses an invalid code or language', async () => {
      for (const query of ['{ country(code: "C1") { code } }', '{ country(code: "CI") { name(locale: "!") } }']) {
        const { errors } = await app.post(query);
        expect(errors[0]?.message).toMatch(/must be/);
        expect(errors[0]?.extensions?.code).toMatch(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/);
      }
    });
  });

  describe('countries', () => {
    it('come with the largest estimates first', async () => {
      const { countries } = await app.query(TopEconomiesDocument, { first: 5 });
      expect(countries.totalCount).toBe(250);
      expect(countries.nodes.map((it) => it.code)).toEqual(['US', 'CN', 'DE', 'JP', 'GB']);
    });

    it('are filtered by region, currency and name together', async () => {
      const filter = { regions: ['AFRICA' as const], currencies: ['xof'], name: { contains: 'BÉN' } };
      const expected = [...app.upstream.facts.countries]
        .filter((it) => it.region === 'AFRICA' && it.currencies.some(({ code }) => code === 'XOF'))
        .filter((it) => it.name.toLowerCase().includes('ben'));
      const { countries } = await app.query(CountryPageDocument, { filter });
      expect(countries.nodes.map((it) => it.name)).toEqual(expected.map((it) => it.name));
      expect(countries.totalCount).toBe(expected.length);
    });

    it('take what the user typed as text, not as a pattern', async () => {
      for (const contains of ['%', '_', '\\', "'", '" or 1=1 --']) {
        const { countries } = await app.query(CountryPageDocument, { filter: { name: { contains } } });
        const expected = [...referenceFacts().values()].filter(({ name }) => name.includes(contains));
        expect(countries.totalCount).toBe(expected.length);
      }
    });

    it('filtered by not are the exact complement', async () => {
      const population = { gte: 5_000_000 };
      const { countries: with_ } = await app.query(CountryPageDocument, { filter: { population } });
      const { countries: without } = await app.query(CountryPageDocument, {
        filter: { not: { population } },
      });
      expect(with_.totalCount).toBeGreaterThan(0);
      expect(with_.totalCount + without.totalCount).toBe(250);
    });

    it.each(['ASC', 'DESC'] as const)('have unknown values last when ordered %s', async (direction) => {
      const orderBy = [{ field: 'ESTIMATED_GDP' as const, direction }];
      const { countries } = await app.query(CountryPageDocument, { orderBy });
      const { countries: unknown } = await app.query(CountryPageDocument, {
        filter: { not: { estimatedGdp: {} } },
      });
      expect(unknown.totalCount).toBeGreaterThan(0);
      const tail = countries.nodes.slice(-unknown.totalCount).map((it) => it.code);
      expect(tail).toEqual(unknown.nodes.map((it) => it.code).sort());
    });

    it('page through all of them, each once, in the same order', async () => {
      const orderBy = [{ field: 'REGION' as const }, { field: 'POPULATION' as const, direction: 'DESC' as const }];
      const { countries: all } = await app.query(CountryPageDocument, { orderBy });
      const paged: string[] = [];
      let after: string | null = null;
      do {
        const page: CountryPageQuery = await app.query(CountryPageDocument, { orderBy, first: 40, after });
        paged.push(...page.countries.nodes.map((it) => it.code));
        expect(page.countries.pageInfo.hasPreviousPage).toBe(after !== null);
        after = page.countries.pageInfo.hasNextPage ? page.countries.pageInfo.endCursor : null;
      } while (after !== null);
      expect(paged).toEqual(all.nodes.map((it) => it.code));
    });

    it('refuse pages and cursors that make no sense', async () => {
      const foreign = (await app.query(CountryPageDocument, { first: 1 })).countries.pageInfo.endCursor;
      const cases: CountryPageQueryVariables[] = [
        { first: -1 },
        { first: 1_000_000_000 },
        { after: 'nonsense' },
        { after: Buffer.from('[]').toString('base64url') },
        { after: Buffer.from('["NAME ASC, CODE ASC",{},[]]').toString('base64url') },
        { after: foreign, orderBy: [{ field: 'CODE' as const }] },
      ];
      for (const variables of cases) {
        const { errors } = await app.ask(CountryPageDocument, variables);
        expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
      }
    });

    it('may be an empty page', async () => {
      const { countries } = await app.query(CountryPageDocument, { first: 0 });
      expect(countries).toMatchObject({
        nodes: [],
        totalCount: 250,
        pageInfo: { endCursor: null, hasNextPage: true },
      });
    });
  });

  describe('deleteCountry', () => {
    it('returns the country, removes it, and the next refresh brings it back', async () => {
      const { deleteCountry } = await app.query(DeleteCountryDocument, { name: 'palestine' });
      expect(deleteCountry.code).toBe('PS');
      expect(await app.query(CountryByCodeDocument, { code: 'PS' })).toEqual({ country: null });
      const { refreshCountries } = await app.query(RefreshCountriesDocument, {});
      expect(refreshCountries).toMatchObject({ inserted: 1, updated: 0, unchanged: 249 });
      const { country } = await app.query(CountryByCodeDocument, { code: 'PS' });
      expect(country?.currencies).toHaveLength(2);
    });

    it('says that there is no such country', async () => {
      const { errors, data } = await app.ask(DeleteCountryDocument, { code: 'ZZ' });
      expect(data).toBeNull();
      expect(errors[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    });
  });
});
