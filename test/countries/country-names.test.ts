import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { CountryService } from '../../src/countries/country.service.js';
import type { Snapshot } from '../../src/countries/country.snapshot.js';
import type { Country } from '../../src/countries/country.type.js';
import { NAME_LOCALES } from '../../src/countries/country-names.js';
import { findByEnglishName, findByName, searchCountries } from '../../src/countries/country-search.js';
import { findLanguage } from '../../src/countries/reference.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { createDisplayNames } from '../../src/locales.js';
import { bundledDatabase } from '../bundled.js';
import { describeOneDatabase } from '../databases.js';

const docs = readFileSync(new URL('../../docs/data-sources.md', import.meta.url), 'utf8');

/** The words of the paragraph after this beginning. */
function listed(beginning: string): string[] {
  const paragraph = docs.split(beginning)[1]?.split('\n\n')[0] ?? '';
  return [...paragraph.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string);
}

/** The regional variants of the documented languages where they are spoken, and other tags for some of them. */
function variants(): string[] {
  const languages = new Set(NAME_LOCALES.map((locale) => locale.split(/-(?:[A-Z]{2}|\d{3})$/)[0] as string));
  const tags = [...languages].flatMap((language) =>
    (findLanguage(language)?.countryCodes ?? []).map((code) => `${language}-${code}`),
  );
  const known = (tag: string) => new Intl.DisplayNames(tag, { type: 'region' }).resolvedOptions().locale === tag;
  return [...tags.filter(known), 'zh-TW', 'zh-HK', 'no', 'iw', 'tl', 'es-419'];
}

describe('the documented languages', () => {
  it('are those in which countries are found by name', () => {
    expect(listed('found by their names in:')).toEqual([...NAME_LOCALES]);
  });

  it('are known to this Node', () => {
    expect(NAME_LOCALES.length).toBeGreaterThan(90);
    expect(Intl.DisplayNames.supportedLocalesOf([...NAME_LOCALES])).toEqual(NAME_LOCALES);
  });
});

describeOneDatabase('sqlite', (open) => {
  let countries: CountryService;
  let snapshot: Snapshot;
  beforeAll(async () => {
    const { database } = await open();
    await bundledDatabase(database);
    const snapshots = new SnapshotCache(database);
    countries = new CountryService(snapshots);
    snapshot = await snapshots.current();
  });

  type Shown = readonly [code: string, name: string];

  /** The names that find another country, or none alone. */
  async function lost(names: readonly Shown[]): Promise<string[]> {
    const found = names.map(([, name]) => countries.find({ name }).catch(() => null));
    const codes = (await Promise.all(found)).map((country) => country?.code);
    return names.filter(([code], index) => codes[index] !== code).map(([, name]) => name);
  }

  /** Each name once for a country. */
  function shownIn(locales: readonly string[]): Shown[] {
    const shown = new Map<string, Shown>();
    for (const locale of locales) {
      const names = createDisplayNames('region', locale);
      for (const { code, englishName } of snapshot.countries) {
        const name = names.of(code) ?? englishName;
        shown.set(`${code} ${name}`, [code, name]);
      }
    }
    return [...shown.values()];
  }

  const shownByFields = () =>
    snapshot.countries.flatMap(({ code, englishName, officialName, nativeNames, alternateNames }) => {
      const native = nativeNames.flatMap((it) => [it.name, it.officialName]);
      return [englishName, officialName ?? englishName, ...native, ...alternateNames].map((it): Shown => [code, it]);
    });

  it('every name that is shown finds its country, in all languages, except those in the docs', async () => {
    const tags = variants();
    expect(tags).toEqual(expect.arrayContaining(['pt-BR', 'de-CH', 'sr-Latn-BA']));
    const names = [...shownIn([...NAME_LOCALES, ...tags]), ...shownByFields()];
    expect(names.length).toBeGreaterThan(17_000);
    expect(new Set(await lost(names))).toEqual(new Set(listed('Names of several countries')));
  });

  it.each<[string, (name: string) => string]>([
    ['in capitals', (name) => name.toUpperCase()],
    ['decomposed', (name) => name.normalize('NFD')],
    ['without accents', (name) => name.normalize('NFD').replace(/[\u0300-\u036f]/g, '')],
    ['with other spaces and direction marks', (name) => `  ${name.replaceAll(' ', '\u00a0 ')}\u200f`],
  ])('so it does %s', async (_, written) => {
    const known = new Set(listed('Names of several countries'));
    const names = shownIn(NAME_LOCALES).filter(([, name]) => !known.has(name));
    expect(await lost(names.map(([code, name]) => [code, written(name)]))).toEqual([]);
  });

  it('so does every short name, unless it is the code of another country', async () => {
    const short = NAME_LOCALES.flatMap((locale) => {
      const [long, brief] = [createDisplayNames('region', locale), createDisplayNames('region', locale, 'short')];
      return snapshot.countries.flatMap(({ code }): Shown[] => {
        const name = brief.of(code) ?? '';
        return name === '' || name === long.of(code) ? [] : [[code, name]];
      });
    });
    const names = [...new Map(short.map((it) => [it.join(' '), it])).values()];
    expect(names.length).toBeGreaterThan(200);
    expect(names).toEqual(
      expect.arrayContaining([
        ['US', 'США'],
        ['US', 'ΗΠΑ'],
        ['US', 'EUA'],
        ['PS', 'Палестина'],
      ]),
    );
    // Spanish for the United Kingdom; Indonesian, Vietnamese and Malay for the United States.
    const codesOfOthers = ['RU', 'AS', 'Mỹ', 'A.S'];
    expect(await lost(names)).toEqual(codesOfOthers);
    for (const name of codesOfOthers) expect(await findByName(snapshot, name)).toBeNull();
  });

  it('a search for the name of any country has that country first', async () => {
    for (const { code, englishName } of snapshot.countries) {
      const [first] = await countries.search(englishName, 1);
      expect(first).toMatchObject({ country: { code }, matchedName: englishName, locale: 'en', kind: 'EXACT' });
    }
  });

  it('names in all languages are found by the filter for any name, too', async () => {
    for (const locale of ['de', 'el', 'hi', 'ja', 'uk']) {
      for (const [code, name] of shownIn([locale]).slice(0, 20)) {
        const { nodes } = await countries.page({ filter: { anyName: { equals: name } } });
        expect(nodes.map((it) => it.code)).toContain(code);
      }
    }
  });

  it('a name of a country that is not stored finds no other', async () => {
    const byCode = new Map([...snapshot.byCode].filter(([code]) => !['NE', 'NER', 'CG', 'COG'].includes(code)));
    const stored = { ...snapshot, byCode, byCommonName: new Map(), byOfficialName: new Map() };
    expect(await findByName(stored, 'Niger')).toBeNull();
    expect(await findByName(stored, 'Kongo')).toMatchObject({ code: 'CD' });
    expect(await findByName(stored, 'Nigeria')).toMatchObject({ code: 'NG' });
  });

  it('a search also knows the names in the database', async () => {
    const [one] = snapshot.countries as [Country];
    const renamed = {
      ...one,
      englishName: 'Utopia',
      officialName: 'Realm of Utopia',
      searchKeys: ['utopia', 'realm of utopia'],
    };
    const stored = { ...snapshot, countries: [renamed] };
    for (const [text, matchedName, kind] of [
      ['utopia', 'Utopia', 'EXACT'],
      ['Realm of Utopia', 'Realm of Utopia', 'EXACT'],
      ['realm', 'Realm of Utopia', 'OTHER_NAME_PREFIX'],
      ['topi', 'Utopia', 'CONTAINS'],
    ] as const) {
      expect(await searchCountries(stored, text, 1)).toEqual([{ country: renamed, matchedName, locale: 'en', kind }]);
    }
  });

  it('two countries with the same name in a source are an error', async () => {
    const [one, other] = snapshot.countries.slice(0, 2) as [Country, Country];
    const confused = { ...snapshot, byCommonName: new Map([['utopia', [one, other]]]) };
    for (const find of [findByName, findByEnglishName]) {
      await expect(async () => find(confused, 'Utopia')).rejects.toThrow('Several countries have this name');
    }
  });
});
