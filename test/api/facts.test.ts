import { describe, expect, it } from 'vitest';
import { CountryService } from '../../src/countries/country.service.js';
import { knownLanguages } from '../../src/countries/reference.js';
import { startApp } from '../app.js';
import { withBundledApp } from '../bundled-app.js';
import { createTestDatabase, describeMostDatabases } from '../databases.js';

describe('the reference facts', () => {
  it('fill in official names where the source has none', async () => {
    const { url } = await createTestDatabase('sqlite');
    const app = await startApp(url, ({ urls }) => ({ COUNTRIES_SOURCE: 'csc', COUNTRIES_URL: urls.csc }));
    await app.context.services.refreshes.start().done;
    const orderBy = 'orderBy: [{ field: OFFICIAL_NAME }]';
    const { data } = await app.post(`{
      country(name: "swiss confederation") { code officialName }
      countries(${orderBy}, last: 1) { nodes { officialName } } }`);
    expect(data).toEqual({
      country: { code: 'CH', officialName: 'Swiss Confederation' },
      countries: { nodes: [{ officialName: 'Virgin Islands of the United States' }] },
    });
    await app.close();
  });
});

describeMostDatabases((open) => {
  const { data, app } = withBundledApp(open);
  const found = async (filter: string) => {
    const { countries } = await data(`{ countries(filter: ${filter}) { nodes { code } } }`);
    return (countries as { nodes: { code: string }[] }).nodes.map(({ code }) => code);
  };

  describe('the reference facts', () => {
    it('are those of the country', async () => {
      const { country } = await data(`{ country(code: "CH") {
        officialName alternateNames demonym callingCodes topLevelDomains latitude longitude landlocked independent unMember
        timezones postalCodeFormat nativeNames { language name officialName } languages { code alpha3 name german: name(locale: "de") nativeName }
        borders { code } } }`);
      expect(country).toEqual({
        officialName: 'Swiss Confederation',
        alternateNames: ['Schweiz', 'Suisse', 'Svizzera', 'Svizra'],
        demonym: 'Swiss',
        callingCodes: ['+41'],
        topLevelDomains: ['.ch'],
        latitude: 47,
        longitude: 8,
        landlocked: true,
        independent: true,
        unMember: true,
        timezones: ['Europe/Zurich'],
        postalCodeFormat: '####',
        nativeNames: expect.arrayContaining([{ language: 'fr', name: 'Suisse', officialName: 'Confédération suisse' }]),
        languages: expect.arrayContaining([
          { code: 'fr', alpha3: 'fra', name: 'French', german: 'Französisch', nativeName: 'français' },
          expect.objectContaining({ code: 'gsw', alpha3: 'gsw' }),
        ]),
        borders: ['AT', 'FR', 'DE', 'IT', 'LI'].map((code) => ({ code })),
      });
    });

    it('may be missing', async () => {
      const { country } = await data(
        '{ country(code: "AQ") { languages { code } borders { code } callingCodes demonym nativeNames { name } } }',
      );
      expect(country).toEqual({
        languages: [],
        borders: [],
        callingCodes: ['+672'],
        demonym: 'Antarctican',
        nativeNames: [],
      });
      expect(await data('{ country(code: "XK") { independent unMember alpha3 } }')).toEqual({
        country: { independent: null, unMember: false, alpha3: 'XKX' },
      });
    });

    it('divide the Americas into continents, and no other region', async () => {
      const { countries } = await data(
        '{ countries { nodes { code region continent gdpPerCapita gdp { perCapita } } } }',
      );
      const { nodes } = countries as { nodes: Record<string, unknown>[] };
      const pairs = new Set(nodes.map(({ region, continent }) => `${region}: ${continent}`));
      expect([...pairs].sort()).toEqual([
        ...['AFRICA: AFRICA', 'AMERICAS: NORTH_AMERICA', 'AMERICAS: SOUTH_AMERICA', 'ANTARCTIC: ANTARCTICA'],
        ...['ASIA: ASIA', 'EUROPE: EUROPE', 'OCEANIA: OCEANIA'],
      ]);
      const continents = Object.fromEntries(nodes.map(({ code, continent }) => [code, continent]));
      const known = { AR: 'SOUTH_AMERICA', CU: 'NORTH_AMERICA', MX: 'NORTH_AMERICA', US: 'NORTH_AMERICA' };
      expect(continents).toMatchObject(known);
      expect(nodes.filter((it) => it.gdpPerCapita !== (it.gdp as { perCapita: unknown }).perCapita)).toEqual([]);
    });

    it('leave out neighbours that are not stored', async () => {
      await new CountryService(app().context.services.snapshots).delete({ code: 'LI' });
      const { country } = await data('{ country(code: "CH") { borders { code } } }');
      expect(country).toEqual({ borders: ['AT', 'FR', 'DE', 'IT'].map((code) => ({ code })) });
      await app().context.services.refreshes.start().done;
    });
  });

  describe('a filter by facts', () => {
    it('finds languages by any of their codes', async () => {
      const french = await found('{ languages: ["fr"], regions: [EUROPE] }');
      expect(french).toEqual(expect.arrayContaining(['BE', 'CH', 'FR', 'LU', 'MC']));
      expect(await found('{ languages: ["FRA"], regions: [EUROPE] }')).toEqual(french);
      expect(await found('{ languages: ["tlh", "!"] }')).toEqual([]);
    });

    it('finds the countries that speak German, and members of a macrolanguage', async () => {
      const german = ['AT', 'BE', 'CH', 'DE', 'LI', 'LU'];
      expect(await found('{ languages: ["de"] }')).toEqual(expect.arrayContaining(german));
      expect(await found('{ languages: ["no"] }')).toEqual(['BV', 'NO', 'SJ']);
      const { language } = await data('{ language(code: "no") { code name countries { code } } }');
      const countries = ['BV', 'NO', 'SJ'].map((code) => ({ code }));
      expect(language).toEqual({ code: 'no', name: 'Norwegian', countries });
    });

    it('finds neighbours, calling codes, domains and people', async () => {
      expect(await found('{ borders: ["CHE"] }')).toEqual(['AT', 'FR', 'DE', 'IT', 'LI']);
      for (const code of ['+41', '41', '0041']) expect(await found(`{ callingCodes: ["${code}"] }`)).toEqual(['CH']);
      expect(await found('{ topLevelDomains: ["CI"] }')).toEqual(['CI']);
      expect(await found('{ demonym: { equals: "dutch" } }')).toEqual(['BQ', 'NL']);
    });

    it('finds states, members and those without a coast, and their opposites', async () => {
      const members = await found('{ unMember: true }');
      expect(members).toHaveLength(193);
      expect(await found('{ not: { unMember: true } }')).toHaveLength(250 - 193);
      expect(await found('{ landlocked: true, regions: [AMERICAS] }')).toEqual(['BO', 'PY']);
      expect(await found('{ independent: true, unMember: false }')).toEqual(expect.arrayContaining(['VA']));
    });
  });

  it('lead all the way around within the limits of a query', async () => {
    const { countries } = await data(
      '{ countries { nodes { currency { countries { borders { currency { rate { rate } } } } } } } }',
    );
    expect((countries as { nodes: unknown[] }).nodes).toHaveLength(250);
  });

  describe('languages', () => {
    it('lead to their countries and back', async () => {
      const { language } = await data('{ language(code: "rm") { name countries { code languages { code } } } }');
      expect(language).toMatchObject({ name: 'Romansh', countries: [{ code: 'CH' }] });
      const { languages } = await data('{ languages { code alpha3 name } }');
      expect(languages).toHaveLength(knownLanguages().length);
      expect(languages).toEqual(expect.arrayContaining([{ code: 'de', alpha3: 'deu', name: 'German' }]));
      expect(await data('{ language(code: "tlh") { name } }')).toEqual({ language: null });
    });
  });
});
