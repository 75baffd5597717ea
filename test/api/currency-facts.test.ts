import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

const EURO = { code: 'EUR', name: 'euro' };

describeMostDatabases((open) => {
  const { data, codes } = withBundledApp(open);
  const list = async (args: string) => (await data(`{ currencies${args} { code } }`)).currencies as { code: string }[];

  describe('currencies', () => {
    it('are all that a country uses or that has a rate, by code', async () => {
      const all = (await list('')).map(({ code }) => code);
      expect(all.length).toBeGreaterThan(160);
      expect(all).toEqual([...all].sort());
      expect(all).toEqual(expect.arrayContaining(['CHF', 'KPW', 'XDR', 'XOF']));
    });

    it('are those requested that are known', async () => {
      expect(await list('(codes: ["usd", "CHF", "QQQ", "CHF"])')).toEqual([{ code: 'CHF' }, { code: 'USD' }]);
      expect(await list('(codes: [])')).toEqual([]);
      expect(await list('(codes: ["DEM"])')).toEqual([{ code: 'DEM' }]);
    });

    it('are filtered by whether they have a rate', async () => {
      expect(await list('(codes: ["CHF", "TRL"], hasRate: true)')).toEqual([{ code: 'CHF' }]);
      expect(await list('(codes: ["CHF", "TRL"], hasRate: false)')).toEqual([{ code: 'TRL' }]);
      const without = await list('(hasRate: false)');
      expect((await list('(hasRate: true)')).length + without.length).toBe((await list('')).length);
    });

    it('are named in any language', async () => {
      const { currencies } = await data(`{ currencies(codes: ["JPY", "USD"]) {
        name(locale: "fr") symbol(locale: "fr") canadian: symbol(locale: "en-CA") } }`);
      expect(currencies).toEqual([
        { name: 'yen japonais', symbol: '¥', canadian: 'JP¥' },
        { name: 'dollar des États-Unis', symbol: '$US', canadian: 'US$' },
      ]);
      expect(await data('{ currency(code: "FOK") { symbol(locale: "de") } }')).toEqual({
        currency: { symbol: null },
      });
      expect(await codes('{ currency(code: "USD") { symbol(locale: "no such!") } }')).toEqual(['BAD_USER_INPUT']);
      expect(await codes('{ currency(code: "USD") { name(locale: "x") } }')).toEqual(['BAD_USER_INPUT']);
    });

    it('are current, withdrawn, or never in ISO 4217', async () => {
      const facts = async (code: string) =>
        (await data(`{ currency(code: "${code}") { isoStatus numeric minorUnit name symbol } }`)).currency;
      expect(await facts('CHF')).toMatchObject({
        isoStatus: 'CURRENT',
        numeric: '756',
        minorUnit: 2,
        symbol: 'CHF',
      });
      expect(await facts('JPY')).toMatchObject({ isoStatus: 'CURRENT', numeric: '392', minorUnit: 0 });
      expect(await facts('XDR')).toMatchObject({ isoStatus: 'CURRENT', numeric: '960', minorUnit: 2 });
      expect(await facts('ZWL')).toMatchObject({ isoStatus: 'HISTORIC', numeric: '932' });
      for (const code of ['FOK', 'GGP', 'IMP', 'JEP', 'KID', 'TVD']) {
        const { currency } = await data(`{ currency(code: "${code}") { isoStatus numeric countries { code } } }`);
        // They are worth as much as the legal tender of their islands, but are not legal tender themselves.
        expect(currency).toMatchObject({ isoStatus: 'NON_ISO', numeric: null, countries: [] });
      }
    });

    it('have their first and last day as legal tender, and a successor', async () => {
      const facts = 'validFrom validTo successor { code }';
      const { old, current, unit } = await data(`{ old: currency(code: "BGN") { ${facts} name isoStatus }
        current: currency(code: "EUR") { ${facts} } unit: currency(code: "XDR") { ${facts} } }`);
      expect(old).toEqual({
        validFrom: '1999-07-05',
        validTo: '2026-01-31',
        successor: { code: 'EUR' },
        name: 'Bulgarian lev',
        isoStatus: 'HISTORIC',
      });
      expect(current).toEqual({ validFrom: '1999-01-01', validTo: null, successor: null });
      expect(unit).toEqual({ validFrom: null, validTo: null, successor: null });
    });

    it('are those of a country on a day', async () => {
      const on = (code: string, day: string) => `country(code: "${code}") { currencies(on: "${day}") { code name } }`;
      const answer = await data(`{ past: ${on('DE', '2001-06-01')} first: ${on('DE', '0001-01-01')}
        now: ${on('DE', '2999-01-01')} none: ${on('AQ', '2001-06-01')} }`);
      expect(answer).toEqual({
        past: { currencies: [EURO, { code: 'DEM', name: 'German Mark' }] },
        first: { currencies: [] },
        now: { currencies: [EURO] },
        none: { currencies: [] },
      });
      expect(await codes('{ country(code: "DE") { currencies(on: "2001-02-30") { code } } }')).toEqual([
        'GRAPHQL_VALIDATION_FAILED',
      ]);
    });

    it('lead to all their countries', async () => {
      const { currency } = await data('{ currency(code: "CHF") { countries { code currencies { code } } } }');
      expect(currency).toEqual({
        countries: [
          { code: 'LI', currencies: [{ code: 'CHF' }] },
          { code: 'CH', currencies: [{ code: 'CHF' }] },
        ],
      });
    });
  });
});
