import { describe, expect, it } from 'vitest';
import { CountryService } from '../../src/countries/country.service.js';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

interface Page {
  codes: string[];
  startCursor: string;
  endCursor: string;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

describeMostDatabases((open) => {
  const { data, app } = withBundledApp(open);
  const byPopulation = 'orderBy: [{ field: POPULATION, direction: DESC }]';
  const page = async (args: string): Promise<Page> => {
    const { countries } = (await data(
      `{ countries(${args}) { nodes { code } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
    )) as { countries: { nodes: { code: string }[]; pageInfo: Omit<Page, 'codes'> } };
    return { codes: countries.nodes.map(({ code }) => code), ...countries.pageInfo };
  };

  describe('a page', () => {
    it('is counted from the front or from the end', async () => {
      const first = await page(`first: 3, ${byPopulation}`);
      expect(first).toMatchObject({ codes: ['IN', 'CN', 'US'], hasNextPage: true, hasPreviousPage: false });
      const last = await page('last: 2');
      expect(last).toMatchObject({ codes: ['ZM', 'ZW'], hasNextPage: false, hasPreviousPage: true });
    });

    it('leads to the next and back to the one before', async () => {
      const first = await page(`first: 3, ${byPopulation}`);
      const second = await page(`first: 3, after: "${first.endCursor}", ${byPopulation}`);
      expect(second).toMatchObject({ codes: ['ID', 'PK', 'NG'], hasNextPage: true, hasPreviousPage: true });
      const back = await page(`last: 3, before: "${second.startCursor}", ${byPopulation}`);
      expect(back).toEqual({ ...first, hasNextPage: true });
    });

    it('may lie between two places', async () => {
      const { startCursor } = await page(`first: 1, ${byPopulation}`);
      const { endCursor } = await page(`first: 5, ${byPopulation}`);
      const between = await page(`after: "${startCursor}", before: "${endCursor}", ${byPopulation}`);
      expect(between).toMatchObject({ codes: ['CN', 'US', 'ID'], hasNextPage: true, hasPreviousPage: true });
    });

    it('may hold nothing, and still says what is around it', async () => {
      const { startCursor, endCursor } = await page(`last: 1, ${byPopulation}`);
      const behind = await page(`first: 5, after: "${endCursor}", ${byPopulation}`);
      expect(behind).toMatchObject({
        codes: [],
        startCursor: null,
        endCursor: null,
        hasNextPage: false,
        hasPreviousPage: true,
      });
      expect(await page(`last: 0, before: "${startCursor}", ${byPopulation}`)).toMatchObject({
        codes: [],
        hasPreviousPage: true,
      });
    });

    it('begins after its place when rows have come and gone in between', async () => {
      const { database, services } = app().context;
      const countries = new CountryService(services.snapshots);
      const order = 'orderBy: [{ field: NAME }]';
      const first = await page(`first: 10, ${order}`);
      const rest = (await page(`first: 5, after: "${first.endCursor}", ${order}`)).codes;
      // The last of the page is deleted, so is one further up, and one that is to come is renamed to be first.
      const [gone, , mover = ''] = [first.codes[9], first.codes[4], rest[0]];
      await countries.delete({ code: gone });
      await countries.delete({ code: first.codes[4] });
      await database.writeAtomically([
        database.kysely.updateTable('countries').set({ name: 'Aaa' }).where('code', '=', mover),
      ]);
      const second = await page(`first: 4, after: "${first.endCursor}", ${order}`);
      expect(second).toMatchObject({ codes: rest.slice(1), hasPreviousPage: true });
      await services.refreshes.start().done;
    });
  });

  describe('a cursor', () => {
    it('is the same whatever else is selected', async () => {
      const args = 'first: 3, orderBy: [{ field: POPULATION }]';
      const all = await page(args);
      const alone = (what: string) => data(`{ countries(${args}) { ${what} } }`);
      expect(await alone('pageInfo { startCursor }')).toEqual({
        countries: { pageInfo: { startCursor: all.startCursor } },
      });
      expect(await alone('pageInfo { endCursor }')).toEqual({
        countries: { pageInfo: { endCursor: all.endCursor } },
      });
      expect(await alone('...some } } fragment some on CountryConnection { edges { cursor')).toMatchObject({
        countries: { edges: [{ cursor: all.startCursor }, {}, { cursor: all.endCursor }] },
      });
    });

    it('need not be selected with its edge', async () => {
      const { codes } = await page('first: 3');
      expect(await data('{ countries(first: 3) { edges { node { code } } } }')).toEqual({
        countries: { edges: codes.map((code) => ({ node: { code } })) },
      });
      expect(await data('{ countries(first: 1) { edges { __typename } } }')).toEqual({
        countries: { edges: [{ __typename: 'CountryEdge' }] },
      });
    });
  });

  describe('the cursor of an edge', () => {
    it('is its own place, even with unknown values', async () => {
      const order = 'orderBy: [{ field: ESTIMATED_GDP, direction: DESC }, { field: SUBREGION }]';
      const { countries } = (await data(`{ countries(${order}) { edges { cursor node { code } } } }`)) as {
        countries: { edges: { cursor: string; node: { code: string } }[] };
      };
      const codes = countries.edges.map(({ node }) => node.code);
      for (const at of [0, 100, 220, 240, 248]) {
        const { codes: next } = await page(`first: 1, after: "${countries.edges[at]?.cursor}", ${order}`);
        expect(next).toEqual([codes[at + 1]]);
      }
    });
  });
});
