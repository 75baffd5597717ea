import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { Country } from 'world-countries';
import { alpha2Code, referenceFacts } from '../../src/countries/reference.js';
import { bundled } from '../../src/sources/sources.js';

// Its ES module imports JSON in a way that Node does not take.
const worldCountries = createRequire(import.meta.url)('world-countries') as Country[];
const facts = [...referenceFacts().values()];

describe('the reference facts', () => {
  it('are of every country of the bundled data set, and of the package they were written from', async () => {
    const { records } = await bundled.countries();
    expect(facts.map(({ code }) => code)).toEqual(records.map(({ code }) => code));
    const packed = worldCountries.map(({ cca2, name, latlng }) => [cca2, name.official, ...latlng]);
    const ours = facts.map(({ code, officialName, latitude, longitude }) => [code, officialName, latitude, longitude]);
    expect(new Set(ours.map(String))).toEqual(new Set(packed.map(String)));
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

  it('have calling codes and domains as they are written', () => {
    for (const { callingCodes, topLevelDomains } of facts) {
      for (const code of callingCodes) expect(code).toMatch(/^\+\d{1,7}$/);
      for (const domain of topLevelDomains) expect(domain).toMatch(/^\.[^.\s]{2,}$/u);
    }
    expect(referenceFacts().get('US')?.callingCodes).toEqual(['+1']);
  });

  it('translate alpha-3 codes', () => {
    expect(['CHE', 'CI', 'XKX', 'QQQ'].map(alpha2Code)).toEqual(['CH', 'CI', 'XK', 'QQQ']);
  });
});
