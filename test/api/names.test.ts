import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeEachDatabase } from '../databases.js';

describeEachDatabase((open) => {
  const { data } = withBundledApp(open);
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
      ['a name of its own', 'Österreich', 'AT'],
      ['a name of its own', '中国', 'CN'],
      ['a name in another language', 'Allemagne', 'DE'],
      ['a name in another language', 'estados unidos', 'US'],
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
    ])('is that of the country whose common name it is: %s', async (name, code) => {
      expect(await codeOf(name)).toBe(code);
    });

    it('is that of the country that ISO 3166-1 calls so', async () => {
      expect(await codeOf('Congo')).toBe('CG');
      expect(await codeOf('DR Congo')).toBe('CD');
    });

    it.each(['Korea', 'Kongo', 'Saint-Martin', 'England', 'Guayana', 'Atlantis', ' ', '\u0000'])(
      'or of none finds none: %s',
      async (name) => {
        expect(await codeOf(name)).toBeNull();
      },
    );
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
});
