import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

describeMostDatabases((open) => {
  const { app, data } = withBundledApp(open);
  const codeOf = async (name: string) => {
    const { country } = await data(`{ country(name: ${JSON.stringify(name)}) { code } }`);
    return (country as { code: string } | null)?.code ?? null;
  };

  describe('a country is found', () => {
    it.each([
      ['its common name', 'Türkiye', 'TR'],
      ['its common name', 'curacao', 'CW'],
      ['its official name', 'Swiss Confederation', 'CH'],
      ['its official name', "LAO PEOPLE'S DEMOCRATIC REPUBLIC", 'LA'],
      ['its former name', 'Burma', 'MM'],
      ['its former name', 'Swaziland', 'SZ'],
      ['its former name', 'Turkey', 'TR'],
      ['its former name', 'Cape Verde', 'CV'],
      ['another name', 'Ivory Coast', 'CI'],
      ['another name', 'Holland', 'NL'],
      ['another name', 'Czech Republic', 'CZ'],
      ['another name', 'USA', 'US'],
      ['another name', 'The Gambia', 'GM'],
      ['a name of ISO 3166-1', 'Korea (Republic of)', 'KR'],
      ['a name of the default source', 'Hong Kong S.A.R.', 'HK'],
      ['a native name', 'Österreich', 'AT'],
      ['a native name', '中国', 'CN'],
      ['a name in another language', 'Allemagne', 'DE'],
      ['a name in another language', 'estados unidos', 'US'],
      ['a name in another language', 'République française', 'FR'],
      ['its common name in Chinese, an official name of Dominica elsewhere', '多米尼加共和国', 'DO'],
      ['its common name in Portuguese, an official name of French Guiana elsewhere', 'Guiana', 'GY'],
      ['its name with &', 'Bosnia & Herzegovina', 'BA'],
      ['its name with & for the word of another language', 'Bosnien & Herzegowina', 'BA'],
      ['its name with "and" for the & of CLDR', 'Antigua and Barbuda', 'AG'],
      ['its name with St.', 'St. Lucia', 'LC'],
      ['its name with St', 'St Lucia', 'LC'],
      ['its name with a dash', 'Congo - Kinshasa', 'CD'],
      ['its short name', 'Falklands', 'FK'],
      ['its name with another apostrophe', 'Oʼzbekiston', 'UZ'],
      ['its name with a final sigma', 'Κύπρος', 'CY'],
      ['its name in capitals', 'ΚΥΠΡΟΣ', 'CY'],
      ['its name with "the" before it', 'the Philippines', 'PH'],
      ['its name as sorted lists have it', 'Bahamas, The', 'BS'],
      ['its name as sorted lists have it', 'Korea, South', 'KR'],
      ['its name as ISO 3166-1 writes it', 'Netherlands (Kingdom of the)', 'NL'],
      ['its name as ISO 3166-1 writes it', 'Korea (the Republic of)', 'KR'],
      ['its name as ISO 3166-1 writes it', "Korea (the Democratic People's Republic of)", 'KP'],
      ['its name as ISO 3166-1 writes it', 'Congo (the Democratic Republic of the)', 'CD'],
    ])('by %s: %s', async (_, name, code) => {
      expect(await codeOf(name)).toBe(code);
    });
  });

  describe('a name of several countries', () => {
    it.each([
      ['Guinea', 'GN'],
      ['Niger', 'NE'],
      ['Dominica', 'DM'],
      ['Georgia', 'GE'],
      ['Micronesia', 'FM'],
      ['Samoa', 'WS'],
      ['Saint Martin', 'MF'],
      ['Saint-Martin', 'MF'],
    ])('is that of the country whose common name it is: %s', async (name, code) => {
      expect(await codeOf(name)).toBe(code);
    });

    it('is that of the country that has it in ISO 3166-1', async () => {
      expect(await codeOf('Congo')).toBe('CG');
      expect(await codeOf('DR Congo')).toBe('CD');
    });

    it.each([
      ['Korea', 'North Korea (KP), South Korea (KR)'],
      ['Kongo', 'DR Congo (CD), Republic of the Congo (CG)'],
      ['Guayana', 'French Guiana (GF), Guyana (GY)'],
    ])('is an error that lists them: %s', async (name, list) => {
      const { data: answer, errors } = await app().post(`{ country(name: ${JSON.stringify(name)}) { code } }`);
      expect(answer).toEqual({ country: null });
      expect(errors).toMatchObject([
        {
          message: `Several countries have this name: ${list}. Use a code instead`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    });

    it.each(['England', 'Atlantis', 'Atlantis, The', 'Taiwan, Province of China', ',', '(', ' ', '\u0000', '-', '&'])(
      'is not found when no country has it: %s',
      async (name) => {
        expect(await codeOf(name)).toBeNull();
      },
    );
  });

  describe('a search', () => {
    const search = async (text: string, first = 10) => {
      const query = `{ searchCountries(text: ${JSON.stringify(text)}, first: ${first}) { country { code } matchedName locale kind } }`;
      const { searchCountries } = await data(query);
      return (
        searchCountries as { country: { code: string }; matchedName: string; locale: string; kind: string }[]
      ).map(({ country, matchedName, locale, kind }) => [country.code, matchedName, locale, kind]);
    };

    it('finds countries by the beginning of their names first, the most populous first', async () => {
      const found = await search('un');
      expect(found.slice(0, 3)).toEqual([
        ['US', 'United States', 'en', 'COMMON_NAME_PREFIX'],
        ['GB', 'United Kingdom', 'en', 'COMMON_NAME_PREFIX'],
        ['AE', 'United Arab Emirates', 'en', 'COMMON_NAME_PREFIX'],
      ]);
      expect(found).toContainEqual(['HU', 'Ungarn', 'de', 'OTHER_NAME_PREFIX']);
    });

    it.each([
      ['niger', ['NE', 'Niger', 'en', 'EXACT'], ['NG', 'Nigeria', 'en', 'COMMON_NAME_PREFIX']],
      ['KONGO', ['CD', 'Kongo', 'nb', 'EXACT'], ['CG', 'Kongo', 'pl', 'EXACT']],
      ['verde', ['CV', 'Cape Verde', 'en', 'WORD_PREFIX']],
      ['st. l', ['LC', 'Saint Lucia', 'en', 'COMMON_NAME_PREFIX']],
      ['bosnia &', ['BA', 'Bosnia and Herzegovina', 'en', 'COMMON_NAME_PREFIX']],
      ['deuts', ['DE', 'Deutschland', 'de', 'OTHER_NAME_PREFIX']],
      ['швей', ['CH', 'Швейцария', 'ru', 'OTHER_NAME_PREFIX']],
      ['한', ['KR', '한국', 'ko', 'OTHER_NAME_PREFIX']],
      ['zerlan', ['CH', 'Switzerland', 'en', 'CONTAINS']],
      ['burma', ['MM', 'Burma', null, 'EXACT']],
    ])('for %s', async (text, ...matches) => {
      expect((await search(text)).slice(0, matches.length)).toEqual(matches);
    });

    it('has each country once, as many as requested, and none where nothing matches', async () => {
      const all = (await search('a', 100)).map(([code]) => code);
      expect(all).toHaveLength(100);
      expect(new Set(all).size).toBe(100);
      expect(await search('a', 0)).toEqual([]);
      for (const nothing of ['', ' ', '.', '\u200b', 'xyzzy', '%', '_', '.*'])
        expect(await search(nothing)).toEqual([]);
    });
  });

  describe('a filter by name', () => {
    const found = async (filter: string) => {
      const { countries } = await data(`{ countries(filter: ${filter}) { nodes { code } } }`);
      return (countries as { nodes: { code: string }[] }).nodes.map(({ code }) => code);
    };

    it('looks at the common name, or at any', async () => {
      expect(await found('{ name: { equals: "burma" } }')).toEqual([]);
      expect(await found('{ anyName: { equals: "burma" } }')).toEqual(['MM']);
      expect(await found('{ anyName: { startsWith: "deutsch" } }')).toEqual(['DE']);
      expect(await found('{ name: { endsWith: "stan" } }')).toEqual(['AF', 'KZ', 'KG', 'PK', 'TJ', 'TM', 'UZ']);
      expect(await found('{ name: { contains: "guinea" } }')).toEqual(['GQ', 'GN', 'GW', 'PG']);
      expect(await found('{ name: { in: ["CHAD", "peru", "utopia"] } }')).toEqual(['TD', 'PE']);
    });

    it('finds capitals', async () => {
      expect(await found('{ capital: { equals: "n\'djamena" } }')).toEqual(['TD']);
      expect(await found('{ capital: { equals: "cape town" } }')).toEqual(['ZA']);
      expect(await found('{ capital: { startsWith: "king" } }')).toEqual(['JM', 'NF', 'VC', 'GS']);
      expect(await found('{ capital: { contains: "" }, regions: [ANTARCTIC] }')).not.toContain('AQ');
    });
  });

  describe('deleteCountry', () => {
    const remove = async (name: string) => {
      const query = `mutation { deleteCountry(name: ${JSON.stringify(name)}) { code } }`;
      const { data: answer, errors } = await app().post(query);
      return answer?.deleteCountry ?? errors[0]?.extensions?.code;
    };

    it('takes only English common and official names', async () => {
      for (const name of ['Burma', 'Suisse', 'Schweiz', 'Kongo', 'Holland', '']) {
        expect(['NOT_FOUND', 'BAD_USER_INPUT']).toContain(await remove(name));
      }
      expect((await data('{ countries { totalCount } }')).countries).toEqual({ totalCount: 250 });
      expect(await remove('swiss confederation')).toEqual({ code: 'CH' });
      expect(await remove('Myanmar')).toEqual({ code: 'MM' });
    });
  });
});
