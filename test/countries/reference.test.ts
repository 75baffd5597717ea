import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { Country } from 'world-countries';
import {
  alpha2Code,
  countryFacts,
  findLanguage,
  knownLanguages,
  languageCodes,
  referenceFacts,
} from '../../src/countries/reference.js';
import { bundled } from '../../src/sources/sources.js';
import { bundledRows } from '../bundled.js';

// Its ES module imports JSON in a way that Node does not accept.
const require = createRequire(import.meta.url);
const worldCountries = require('world-countries') as Country[];
const rootZone = new Set(require('tlds') as string[]);
const { territoryInfo } = require('cldr-core/supplemental/territoryInfo.json').supplemental as {
  territoryInfo: Record<string, { languagePopulation?: Record<string, { _officialStatus?: string }> }>;
};
const facts = [...referenceFacts().values()];

describe('the reference facts', () => {
  it('cover every country of the bundled data set, and of the package they were written from', async () => {
    const { records } = await bundled.countries();
    expect(facts.map(({ code }) => code)).toEqual(records.map(({ code }) => code));
    const packed = worldCountries.map(({ cca2, latlng }) => String([cca2, ...latlng]));
    expect(new Set(facts.map(({ code, latitude, longitude }) => String([code, latitude, longitude])))).toEqual(
      new Set(packed),
    );
  });

  it('name neighbours that name each other', () => {
    const codes = new Set(facts.map(({ code }) => code));
    for (const { code, borders } of facts) {
      for (const neighbour of borders) {
        expect(codes).toContain(neighbour);
        expect(referenceFacts().get(neighbour)?.borders, `${neighbour} and ${code}`).toContain(code);
      }
    }
  });

  it('know 193 members of the United Nations', () => {
    expect(facts.filter(({ unMember }) => unMember)).toHaveLength(193);
  });

  it('have whole calling codes: a country code, or +1 with the area codes of a country', () => {
    for (const { code, callingCodes } of facts) {
      for (const it of callingCodes) expect(it, code).toMatch(/^\+(1(\d{3})?|7|[2-689]\d{1,2})$/);
    }
    const codes = ['US', 'KZ', 'UM', 'EH', 'SJ', 'AX', 'CW', 'XK'].map(
      (code) => referenceFacts().get(code)?.callingCodes,
    );
    expect(codes.flat()).toEqual(['+1', '+7', '+1', '+212', '+47', '+358', '+599', '+383']);
  });

  it('have domains of their own that are delegated, in lower case', () => {
    const domains = facts.flatMap(({ topLevelDomains }) => topLevelDomains);
    expect(domains.filter((domain) => !domain.startsWith('.') || !rootZone.has(domain.slice(1)))).toEqual([]);
    expect(new Set(domains).size).toBe(domains.length);
    // All delegated country codes, except that of the European Union and the unused second one of the United Kingdom.
    const twoLetters = [...rootZone].filter((domain) => /^[a-z]{2}$/.test(domain) && !domains.includes(`.${domain}`));
    expect(twoLetters).toEqual(['eu', 'gb']);
  });

  it('have IANA time zones wherever people live', () => {
    // It came with the time zone data 2025b, which Node 20.19.0 does not have yet.
    const isNew = (timeZone: string) => timeZone === 'America/Coyhaique' && (process.versions.tz ?? '') < '2025b';
    for (const { code, timezones } of facts) {
      for (const timeZone of timezones.filter((it) => !isNew(it)))
        expect(() => new Intl.DateTimeFormat('en', { timeZone }), code).not.toThrow();
      if (!['BV', 'HM'].includes(code)) expect(timezones, code).not.toEqual([]);
    }
    expect(new Set(facts.flatMap(({ timezones }) => timezones)).size).toBeGreaterThan(400);
  });

  it('have postal code formats, or none', () => {
    const forms = facts.flatMap(({ postalCodeFormat }) => postalCodeFormat?.split('|') ?? []);
    expect(forms.filter((form) => !/^[A-Z0-9#@]+([ -][A-Z0-9#@]+)*$/.test(form))).toEqual([]);
    expect(forms.length).toBeGreaterThan(180);
    expect(referenceFacts().get('HK')?.postalCodeFormat).toBeNull();
  });

  it('have native names in languages that can be named', () => {
    for (const { code, nativeNames } of facts) {
      for (const { language, name, officialName } of nativeNames) {
        expect(Intl.getCanonicalLocales(language), code).toEqual([language]);
        expect(name && officialName, code).toBeTruthy();
      }
    }
  });

  it('translate alpha-3 codes', () => {
    expect(['CHE', 'CI', 'XKX', 'QQQ'].map(alpha2Code)).toEqual(['CH', 'CI', 'XK', 'QQQ']);
  });

  it('give the names and capitals that a refresh stores, whatever a source calls them', async () => {
    const { countries } = await bundledRows((record) => {
      Object.assign(record, { name: `A name of ${record.code}`, officialName: null, capitals: ['Ciudad'] });
    });
    const stored = countries.map((it) => [it.code, it.name, it.official_name, JSON.parse(it.capitals)]);
    expect(stored).toEqual(facts.map((it) => [it.code, it.name, it.officialName, it.capitals]));
    const named = ['BS', 'HK', 'IM', 'MX', 'SG', 'BI'].map((code) => referenceFacts().get(code));
    expect(named.map((it) => it?.name)).toEqual([
      'Bahamas',
      'Hong Kong',
      'Isle of Man',
      'Mexico',
      'Singapore',
      'Burundi',
    ]);
    expect(named.slice(3).map((it) => it?.capitals)).toEqual([['Mexico City'], ['Singapore'], ['Gitega']]);
  });
});

describe('the languages', () => {
  const codesIn = (country: string) =>
    countryFacts()
      .get(country)
      ?.languages.map(({ code }) => code) ?? [];

  it('of a country are all that Unicode CLDR calls official, in the whole country or a part of it', () => {
    for (const { code } of facts) {
      const spoken = Object.entries(territoryInfo[code]?.languagePopulation ?? {});
      for (const [tag, { _officialStatus }] of spoken) {
        const wanted = languageCodes(tag);
        if (_officialStatus)
          expect(
            codesIn(code).some((it) => wanted.includes(it)),
            `${tag} in ${code}`,
          ).toBe(true);
      }
    }
  });

  it('are those that people expect', () => {
    expect(codesIn('AT')[0]).toBe('de');
    expect(codesIn('CH')).toEqual(['de', 'fr', 'it', 'gsw', 'rm']);
    expect(codesIn('NO')).toEqual(['nb', 'nn', 'se']);
    expect([codesIn('SJ'), codesIn('EH'), codesIn('AF').slice(0, 2)]).toEqual([['nb'], ['ar'], ['fa', 'ps']]);
    expect(findLanguage('ro')?.englishName).toBe('Romanian');
  });

  it('lead to their countries and back', () => {
    for (const { code, countryCodes, memberCodes } of knownLanguages()) {
      const codes = [code, ...memberCodes];
      const having = facts.filter((it) => it.languages.some((language) => codes.includes(language)));
      expect(new Set(countryCodes), code).toEqual(new Set(having.map((it) => it.code)));
      expect(having, code).not.toEqual([]);
    }
  });

  it('are found by each of their codes, including those that answers once had', () => {
    for (const language of knownLanguages()) {
      const { code, alpha3 } = language;
      for (const tag of [code, alpha3, alpha3.toUpperCase(), `${code}-CH`])
        expect(findLanguage(tag), tag).toBe(language);
    }
    const found = {
      cat: 'ca',
      gsw: 'gsw',
      prs: 'fa',
      nob: 'nb',
      deu: 'de',
      zho: 'zh',
      msa: 'ms',
      hrv: 'hr',
      tgl: 'fil',
    };
    for (const [tag, code] of Object.entries(found)) expect(findLanguage(tag)?.code, tag).toBe(code);
    expect(['tlh', '!', '', 'und'].map(findLanguage)).toEqual([null, null, null, null]);
  });

  it('are found by the macrolanguage that they belong to', () => {
    expect(findLanguage('no')?.countryCodes).toEqual(expect.arrayContaining(['NO', 'SJ']));
    expect(languageCodes('nor')).toEqual(['no', 'nb', 'nn']);
    expect(languageCodes('zh')).toEqual(['zh', 'hak', 'nan', 'yue']);
    expect(languageCodes('yue')).toEqual(['yue']);
  });
});
