import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import type { CountryRecord } from '../../src/sources/source.js';
import { startApp, type TestApp } from '../app.js';
import { RefreshCountriesDocument } from '../client/generated/graphql.js';
import { describeMostDatabases } from '../databases.js';
import { HOSTILE_TEXTS, LEAK } from './hostile.js';

/** Every place in the schema where a client may write a text, as a query with the variable $text in that place. */
const places = [...textPlaces()];

describeMostDatabases((open) => {
  let app: TestApp;
  let before: Everything;
  beforeAll(async () => {
    app = await startApp((await open()).url);
    await app.query(RefreshCountriesDocument);
    before = (await everything()) as unknown as Everything;
  });
  afterAll(() => app.close());

  const everything = async () => {
    const query = '{ countries { totalCount nodes { code name capitals subregion currencies { code name symbol } } } }';
    const { data, errors } = await app.post(query);
    expect(errors).toEqual([]);
    return data;
  };

  test('there are many places for a text', () => {
    expect(places.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Query.country.name', 'Query.countries.filter.name.contains', 'Query.countries.after']),
    );
  });

  test.each(places)('$name treats a text as a text', async ({ query }) => {
    const answers = await Promise.all(HOSTILE_TEXTS.map((text) => app.post(query, { text })));
    for (const { message, extensions } of answers.flatMap(({ errors }) => errors)) {
      expect(['BAD_USER_INPUT', 'NOT_FOUND', 'RATE_UNAVAILABLE'], message).toContain(extensions?.code);
      expect(message).not.toMatch(LEAK);
    }
  });

  test('and after all of them the data are as they were', async () => {
    expect(await everything()).toEqual(before);
  });

  describe('a source that sends hostile texts', () => {
    // The checks of the sources remove what is empty or not a text at all, as their own tests show.
    const texts = HOSTILE_TEXTS.filter(
      (text) => text.trim() === text && text !== '' && text.length <= 100 && /^[^\p{C}]+$/u.test(text),
    );

    afterEach(() => app.upstream.restore());

    const refreshWith = async (write: (country: CountryRecord, text: string) => void) => {
      const countries = app.upstream.facts.countries.slice(0, texts.length);
      for (const [index, country] of countries.entries()) write(country, texts[index] as string);
      await app.query(RefreshCountriesDocument);
      const after = (await everything()) as unknown as Everything;
      expect(after.countries.totalCount).toBe(250);
      const nodeOf = ({ code }: CountryRecord) => after.countries.nodes.find((node) => node.code === code);
      return countries.map(nodeOf);
    };

    test('has its subregions stored as they are', async () => {
      const found = await refreshWith((country, text) => Object.assign(country, { subregion: text }));
      // The checks leave out what is too long for its column.
      expect(found.map((node) => node?.subregion)).toEqual(
        texts.map((text) => (text.length > 64 ? null : text.normalize('NFC'))),
      );
    });

    test('has none of its names and capitals shown', async () => {
      const found = await refreshWith((country, text) => Object.assign(country, { name: text, capitals: [text] }));
      const told = ({ nodes }: Everything['countries']) =>
        nodes.map(({ code, name, capitals }) => [code, name, capitals]);
      expect(texts).not.toEqual([]);
      expect(found.map((node) => node?.name).filter((name) => texts.includes(name ?? ''))).toEqual([]);
      expect(told(((await everything()) as unknown as Everything).countries)).toEqual(told(before.countries));
    });
  });
});

interface Everything {
  countries: {
    totalCount: number;
    nodes: { code: string; name: string; capitals: string[]; subregion: string | null }[];
  };
}

function* textPlaces(): Generator<{ name: string; query: string }> {
  const schema = createSchema();
  for (const [operation, root] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      for (const { path, value } of textsIn(field.args)) {
        const type = getNamedType(field.type);
        const others = field.args
          .filter(
            (arg) => String(arg.type).endsWith('!') && arg.defaultValue === undefined && !path.startsWith(arg.name),
          )
          .map((arg) => `${arg.name}: ${SAMPLES[String(getNamedType(arg.type))] ?? '1'}`);
        const given = [...others, value].join(', ');
        yield {
          name: `${root?.name}.${field.name}.${path}`,
          query: `${operation} ($text: String!) { ${field.name}(${given}) ${isObjectType(type) ? '{ __typename }' : ''} }`,
        };
      }
    }
  }
}

const SAMPLES: Record<string, string> = { CurrencyCode: '"USD"', CountryCode: '"CI"', ID: '"x"', Float: '1' };

/** The arguments that are texts, and the fields of input objects within them, except those of the object's own type. */
function* textsIn(
  args: readonly { name: string; type: GraphQLInputType }[],
  within = '',
): Generator<{ path: string; value: string }> {
  for (const { name, type } of args) {
    const isList = isListType(getNullableType(type));
    const wrap = (value: string) => `${name}: ${isList ? `[${value}]` : value}`;
    const named = getNamedType(type);
    if (named.name === 'String') yield { path: name, value: wrap('$text') };
    if (!isInputObjectType(named) || named.name === within) continue;
    for (const inner of textsIn(Object.values(named.getFields()), named.name)) {
      yield { path: `${name}.${inner.path}`, value: wrap(`{ ${inner.value} }`) };
    }
  }
}
