import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

describeMostDatabases((open) => {
  const { app, data, codes } = withBundledApp(open);
  const fields = '__typename id ... on Country { name } ... on Currency { symbol } ... on Language { nativeName }';
  const refreshId = async () => {
    const { refreshes } = await data('{ refreshes(first: 1) { id } }');
    return (refreshes as { id: string }[])[0]?.id ?? '';
  };

  describe('node', () => {
    it('finds everything that has an id by its id', async () => {
      const id = await refreshId();
      expect(
        await data(`{
        country: node(id: "CH") { ${fields} } currency: node(id: "CHF") { ${fields} }
        language: node(id: "de") { ${fields} } refresh: node(id: "${id}") { ${fields} ... on Refresh { state } }
      }`),
      ).toEqual({
        country: { __typename: 'Country', id: 'CH', name: 'Switzerland' },
        currency: { __typename: 'Currency', id: 'CHF', symbol: 'CHF' },
        language: { __typename: 'Language', id: 'de', nativeName: 'Deutsch' },
        refresh: { __typename: 'Refresh', id, state: 'SUCCEEDED' },
      });
    });

    it('is null when unknown, and for what only a look-up by code would accept', async () => {
      const unknown = ['ZZ', 'QQQ', 'qqq', 'CHE', 'chf', 'ch-', 'deu', '', ' CH', 'CH\\n', '☃', 'x'.repeat(1000)];
      const uuid = '00000000-0000-4000-8000-000000000000';
      for (const id of [...unknown, uuid]) expect(await data(`{ node(id: "${id}") { id } }`)).toEqual({ node: null });
      // `ch` is Chamorro, not Switzerland.
      expect(await data('{ node(id: "ch") { __typename } }')).toEqual({ node: { __typename: 'Language' } });
      expect(await codes('query ($id: ID!) { node(id: $id) { id } }', { id: null })).toEqual(['BAD_USER_INPUT']);
    });

    it('gives every object under its own id', async () => {
      const all = await data('{ countries { nodes { id code } } currencies { id code } languages { id code } }');
      const { countries, currencies, languages } = all as Record<string, { id: string; code: string }[]> & {
        countries: { nodes: { id: string; code: string }[] };
      };
      const objects = [...countries.nodes, ...(currencies ?? []), ...(languages ?? [])];
      const ids = objects.map(({ id }) => id);
      expect(ids).toEqual(objects.map(({ code }) => code));
      expect(new Set(ids).size).toBe(ids.length);
      for (let at = 0; at < ids.length; at += 100) {
        const some = ids.slice(at, at + 100);
        expect(await data(`{ nodes(ids: ${JSON.stringify(some)}) { id } }`)).toEqual({
          nodes: some.map((id) => ({ id })),
        });
      }
    });
  });

  describe('nodes', () => {
    it('come in the order of the ids, with null for unknown ones', async () => {
      const { nodes } = await data('{ nodes(ids: ["CHF", "QQQ", "CH", "CH"]) { id } }');
      expect(nodes).toEqual([{ id: 'CHF' }, null, { id: 'CH' }, { id: 'CH' }]);
      expect(await data('{ nodes(ids: []) { id } }')).toEqual({ nodes: [] });
    });

    it('are at most 100', async () => {
      const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
      expect(await codes(query, { ids: Array(100).fill('CH') })).toEqual([]);
      expect(await codes(query, { ids: Array(101).fill('CH') })).toEqual(['BAD_USER_INPUT']);
    });

    it('are cached unless one is a refresh', async () => {
      const caches = async (query: string) => {
        const answers = [await app().post(query), await app().post(query), await app().post(query)];
        return answers.map(({ headers }) => headers.get('x-cache'));
      };
      expect(await caches('{ nodes(ids: ["CH", "fr"]) { id } }')).toEqual(['miss', 'hit', 'hit']);
      expect(await caches(`{ nodes(ids: ["CH", "${await refreshId()}"]) { id } }`)).toEqual(['miss', 'miss', 'miss']);
    });
  });
});
