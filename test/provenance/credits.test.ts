import { readFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { BUNDLED_FROM, CREDITS, Figures, LICENCE_URLS } from '../../src/provenance/credits.js';
import { dataLicence, type ServedFigure, servedSources } from '../../src/provenance/data-source.js';
import { bundled, countriesSources, gdpSource, ratesSources } from '../../src/sources/sources.js';

const REFERENCE = [{ name: 'reference', licence: 'ODbL-1.0', attribution: 'Reference', shareAlike: true }];

describe('the terms', () => {
  test.each([...Object.values(countriesSources), ...Object.values(ratesSources), gdpSource])(
    'of $name are known, with an address',
    ({ name, licence, attribution }) => {
      expect(CREDITS).toHaveProperty([name]);
      expect(attribution).not.toBe('');
      expect(LICENCE_URLS[licence]).toMatch(/^https:/);
    },
  );

  test('of the bundled set are those of the sources that it was made from', async () => {
    const files = { COUNTRIES: bundled.countries, RATES: bundled.rates, GDP: bundled.gdp };
    for (const [figures, read] of Object.entries(files)) {
      const { use } = await read();
      const name = BUNDLED_FROM[figures];
      expect(name).toBe(use.source);
      expect(name && CREDITS[name]).toMatchObject({ licence: use.licence, attribution: use.attribution });
    }
  });

  test('of all data that come with the server are in NOTICE, with the texts of their licences', async () => {
    const notice = await readFile('NOTICE', 'utf8');
    const files = ['countries', 'rates', 'gdp', 'reference'].map((name) => readFile(`bundled/${name}.json`, 'utf8'));
    const uses = (await Promise.all(files)).map((text) => JSON.parse(text)).flatMap(({ use, uses }) => uses ?? [use]);
    expect(uses.length).toBeGreaterThan(4);
    for (const use of uses) {
      expect(notice).toContain(use.attribution.split(' (')[0]);
      expect(notice).toContain(LICENCE_URLS[use.licence]);
      expect((await readFile(`bundled/licences/${use.licence}.txt`, 'utf8')).length).toBeGreaterThan(1_500);
    }
  });
});

describe('the licence of all data together', () => {
  const of = (...sources: [Figures, string][]) => {
    const figures = sources.map(([it, source]): ServedFigure => ({ figures: it, source, from: null, to: null }));
    return dataLicence([...servedSources(figures, REFERENCE).values()]);
  };

  it('is the ODbL where one of the sources asks for it', () => {
    expect(of([Figures.COUNTRIES, 'csc'], [Figures.RATES, 'currency-api'])).toMatchObject({
      id: 'ODbL-1.0',
      redistributable: true,
      notice: expect.stringMatching(/^Contains information from Countries States Cities Database \(/),
    });
    expect(of([Figures.REFERENCE, 'reference'])).toMatchObject({ id: 'ODbL-1.0' });
    expect(of([Figures.COUNTRIES, 'bundled'])).toMatchObject({ id: 'ODbL-1.0' });
  });

  it('says when rates among them may not be passed on', () => {
    expect(of([Figures.COUNTRIES, 'csc'], [Figures.RATES, 'open-er-api'])).toMatchObject({ redistributable: false });
  });

  it('is null where none of them asks for one', () => {
    expect(of([Figures.RATES, 'currency-api'])).toBeNull();
    expect(of()).toBeNull();
  });
});

test('A source that this version does not know is named, with an unknown licence', () => {
  const [source] = servedSources(
    [{ figures: Figures.RATES, source: 'gone', from: null, to: null }],
    REFERENCE,
  ).values();
  expect(source).toMatchObject({ name: 'gone', licence: 'NOASSERTION', licenceUrl: null, attribution: 'gone' });
});
