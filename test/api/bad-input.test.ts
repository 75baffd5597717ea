import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

const BAD = 'BAD_USER_INPUT';
const INVALID = 'GRAPHQL_VALIDATION_FAILED';

describeMostDatabases((open) => {
  const { data, codes } = withBundledApp(open);
  const cursor = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

  describe('nonsense is refused with a code', () => {
    it.each([
      ['a negative page', '{ countries(first: -1) { nodes { code } } }', BAD],
      ['a negative page from the end', '{ countries(last: -1) { nodes { code } } }', BAD],
      ['a huge page', '{ countries(first: 1000000000) { nodes { code } } }', BAD],
      ['a huge page as a float', '{ countries(first: 1e9) { nodes { code } } }', INVALID],
      ['a page of more than 32 bits', '{ countries(first: 99999999999) { nodes { code } } }', INVALID],
      ['a negative number of matches', '{ searchCountries(text: "a", first: -1) { kind } }', BAD],
      ['too many matches', '{ searchCountries(text: "a", first: 101) { kind } }', BAD],
      ['too long a text to search', `{ searchCountries(text: "${'a'.repeat(201)}") { kind } }`, BAD],
      ['a page from both ends', '{ countries(first: 1, last: 1) { nodes { code } } }', BAD],
      ['an inverted range', '{ countries(filter: { population: { gte: 2, lte: 1 } }) { totalCount } }', BAD],
      ['an infinite range', '{ countries(filter: { areaKm2: { lte: 1e999 } }) { totalCount } }', BAD],
      [
        'an inverted history',
        '{ currency(code: "EUR") { history(from: "2026-02-01", to: "2026-01-01") { rate } } }',
        BAD,
      ],
      ['an invalid day', '{ currency(code: "EUR") { rate(on: "2026-02-30") { rate } } }', INVALID],
      ['a day before the common era', '{ currency(code: "EUR") { rate(on: "-000001-01-01") { rate } } }', INVALID],
      ['a day of the year 0', '{ currency(code: "EUR") { history(from: "0000-12-31") { rate } } }', INVALID],
      ['an amount that is not a number', '{ convert(amount: "NaN", from: "USD", to: ["EUR"]) { result } }', INVALID],
      ['an infinite amount', '{ convert(amount: 1e999, from: "USD", to: ["EUR"]) { result } }', BAD],
      ['too large an amount', '{ convert(amount: 1e308, from: "USD", to: ["IRR"]) { result } }', BAD],
      ['an invalid code', '{ country(code: "C") { code } }', INVALID],
      ['a number as a code', '{ currency(code: 756) { code } }', INVALID],
      ['an invalid language', '{ country(code: "CH") { name(locale: "!") } }', BAD],
      ['an unknown region', '{ countries(filter: { regions: [ATLANTIS] }) { totalCount } }', INVALID],
      ['no code and no name', '{ country(name: "") { code } }', BAD],
      [
        'a filter that is too deep',
        `{ countries(filter: ${'{ not: '.repeat(6)}{}${' }'.repeat(6)}) { totalCount } }`,
        BAD,
      ],
      ['a filter that is too wide', `{ countries(filter: { any: [${'{}'.repeat(100)}] }) { totalCount } }`, BAD],
    ])('%s', async (_, query, code) => {
      expect(await codes(query)).toEqual([code]);
    });

    it('variables that are not numbers', async () => {
      const query = 'query ($amount: Float!) { convert(amount: $amount, from: "USD", to: ["EUR"]) { result } }';
      for (const amount of ['NaN', null, {}, [1], true]) expect(await codes(query, { amount })).toEqual([BAD]);
    });

    it.each([
      ['query ($it: Float) { convert(amount: $it, from: "USD", to: ["EUR"]) { result } }'],
      ['query ($it: Int) { searchCountries(text: "a", first: $it) { kind } }'],
      ['query ($it: CurrencyCode) { rate(base: $it, quote: "EUR") { rate } }'],
      ['query ($it: CurrencyCode) { currency(code: "EUR") { rate(base: $it) { rate } } }'],
      ['query ($it: CurrencyCode = "EUR") { convert(from: "USD", to: [$it]) { result } }'],
      ['query ($it: Boolean = true) { status @include(if: $it) { version } }'],
      ['query ($it: Boolean = true) { country(code: "CH") { name @skip(if: $it) } }'],
      ['mutation ($it: Boolean) { deleteCountry(code: "ZZ", permanently: $it) { code } }'],
    ])('null for a variable where a value is required: %s', async (query) => {
      for (let times = 0; times < 2; times++) expect(await codes(query, { it: null })).toEqual([BAD]);
    });

    it('lists that are too long', async () => {
      const countries = 'query ($codes: [CountryCode!]) { countries(filter: { codes: $codes }) { totalCount } }';
      const tooMany = await codes(countries, { codes: Array(1001).fill('CH') });
      expect([[BAD], ['QUERY_TOO_COMPLEX']]).toContainEqual(tooMany);
      const convert = 'query ($to: [CurrencyCode!]!) { convert(amount: 1, from: "USD", to: $to) { rate } }';
      expect(await codes(convert, { to: Array(201).fill('EUR') })).toEqual([BAD]);
    });
  });

  describe('what is unknown is null, or left out', () => {
    it.each([
      ['a country', '{ country(code: "ZZ") { code } }', { country: null }],
      ['a currency', '{ currency(code: "QQQ") { code } }', { currency: null }],
      ['a base', '{ currency(code: "EUR") { rate(base: "QQQ") { rate } } }', { currency: { rate: null } }],
      ['currencies', '{ currencies(codes: ["QQQ"]) { code } }', { currencies: [] }],
      [
        'a filter',
        '{ countries(filter: { codes: ["QQ"], currencies: ["QQQ"] }) { totalCount } }',
        { countries: { totalCount: 0 } },
      ],
      ['a language', '{ country(code: "CH") { name(locale: "tlh") } }', { country: { name: 'Switzerland' } }],
    ])('%s', async (_, query, answer) => {
      expect(await data(query)).toEqual(answer);
    });

    it('a rate in a conversion, with an error code for its entry alone', async () => {
      expect(await codes('{ convert(amount: 1, from: "QQQ", to: ["EUR", "USD"]) { result } }')).toEqual([
        'RATE_UNAVAILABLE',
        'RATE_UNAVAILABLE',
      ]);
      expect(await codes('{ convert(amount: 1, from: "EUR", to: ["USD"], on: "1999-01-01") { result } }')).toEqual([
        'RATE_UNAVAILABLE',
      ]);
    });
  });

  describe('cursors', () => {
    const ask = (after: string, orderBy = '[]') =>
      codes(`query ($after: String) { countries(first: 1, after: $after, orderBy: ${orderBy}) { nodes { code } } }`, {
        after,
      });

    it.each([
      ['text', 'nonsense'],
      ['empty', ''],
      ['a list of nothing', cursor([])],
      ['an object', cursor({})],
      ['of another order', cursor(['CODE ASC', 'CH'])],
      ['too short', cursor(['NAME ASC, CODE ASC', 'a'])],
      ['too long', cursor(['NAME ASC, CODE ASC', 'a', 'b', 'c'])],
      ['of the wrong kind', cursor(['NAME ASC, CODE ASC', 1, 'CH'])],
      ['with a NUL character', cursor(['NAME ASC, CODE ASC', 'a\0', 'CH'])],
      ['with half a character', Buffer.from('["NAME ASC, CODE ASC","\\ud800","CH"]').toString('base64url')],
      ['with objects', cursor(['NAME ASC, CODE ASC', {}, []])],
      ['with SQL', cursor(['NAME ASC, CODE ASC; drop table countries', 'a', 'CH'])],
    ])('are refused when they are %s', async (_, after) => {
      expect(await ask(after)).toEqual([BAD]);
    });

    it('with invalid timestamps are refused', async () => {
      const order = '[{ field: LAST_REFRESHED_AT }]';
      for (const moment of ['soon', '2026-02-30T00:00:00.000Z', '0000-00-00T00:00:00.000Z', 1]) {
        expect(await ask(cursor(['LAST_REFRESHED_AT ASC, CODE ASC', moment, 'CH']), order)).toEqual([BAD]);
      }
    });

    it('of any content never make the server fail', async () => {
      const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.constant(null), fc.boolean());
      const content = fc.tuple(fc.constant('NAME ASC, CODE ASC'), value, value);
      await fc.assert(
        fc.asyncProperty(content, async (it) => {
          expect([[], [BAD]]).toContainEqual(await ask(cursor(it)));
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('any text', () => {
    it('is taken as text, and never makes the server fail', async () => {
      const filter = `{ countries(filter: { any: [
        { name: { equals: $t } }, { anyName: { contains: $t } }, { capital: { startsWith: $t } }, { demonym: { endsWith: $t } },
        { subregions: [$t] }, { languages: [$t] }, { callingCodes: [$t] }, { topLevelDomains: [$t] } ] }) { totalCount } }`;
      const odd = fc.constantFrom("' or 1=1 --", '%', '\\', '\0', '\ud800', '`', '"', '?', ':x', '{{}}', '🇨🇮');
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), odd), async (t) => {
          expect(await codes(`query ($t: String!) ${filter}`, { t })).toEqual([]);
          const lookUp = await codes('query ($t: String!) { country(name: $t) { code } }', { t });
          expect([[], [BAD]]).toContainEqual(lookUp);
          const locale =
            'query ($t: String!) { country(code: "CH") { name(locale: $t) currency { name(locale: $t) } } }';
          expect([[], [BAD], [BAD, BAD]]).toContainEqual(await codes(locale, { t }));
        }),
        { numRuns: 25 },
      );
    });
  });
});
