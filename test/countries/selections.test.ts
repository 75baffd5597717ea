import { getNamedType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { withBundledApp } from '../bundled-app.js';
import { describeOneDatabase } from '../databases.js';

/** Each field of a country as a query selects it, with one field of what it leads to. */
function selections(): Map<string, string> {
  const country = createSchema().getType('Country');
  const fields = isObjectType(country) ? Object.values(country.getFields()) : [];
  return new Map(
    fields.map(({ name, type }) => {
      const inner = getNamedType(type);
      const first = isObjectType(inner) ? Object.keys(inner.getFields()) : [];
      const leaf = first.find((it) => ['code', 'value', 'name'].includes(it));
      return [name, isObjectType(inner) ? `${name} { ${leaf} }` : name];
    }),
  );
}

/** The value of a field must not depend on what else a query selects. */
describe('a field of a country', () => {
  const all = selections();

  describeOneDatabase('sqlite', (open) => {
    const { data } = withBundledApp(open);
    const countries = async (selection: string) => {
      const { countries } = await data(`{ countries { nodes { ${selection} } } }`);
      return (countries as { nodes: Record<string, unknown>[] }).nodes;
    };
    const country = async (selection: string) => (await data(`{ country(code: "BO") { ${selection} } }`)).country;

    it('is the same alone as among all others', async () => {
      const everything = await countries([...all.values()].join(' '));
      const bolivia = await country([...all.values()].join(' '));
      for (const [name, selection] of all) {
        expect(await countries(selection), name).toEqual(everything.map((one) => ({ [name]: one[name] })));
        expect(await country(selection), name).toEqual({
          [name]: (bolivia as Record<string, unknown>)[name],
        });
      }
    });

    it('is the same through fragments, aliases and directives', async () => {
      const query = `query ($no: Boolean = false) {
        some: countries(first: 3) { ...page }
        country(name: "bolivia") { code @skip(if: $no) ...facts }
        country(name: "bolivia") { region }
      }
      fragment page on CountryConnection { edges { cursor node { ...facts ... on Country { people: population } } } }
      fragment facts on Country { gdp { year value } languages { code } }`;
      const { some, country } = await data(query);
      const wanted = await data(
        '{ countries(first: 3) { nodes { gdp { year value } languages { code } population } } }',
      );
      const nodes = (wanted.countries as { nodes: Record<string, unknown>[] }).nodes;
      const expected = nodes.map(({ population, ...node }) => ({ ...node, people: population }));
      expect((some as { edges: { node: unknown }[] }).edges.map(({ node }) => node)).toEqual(expected);
      expect(country).toMatchObject({ code: 'BO', region: 'AMERICAS', gdp: { year: expect.any(Number) } });
    });
  });
});
