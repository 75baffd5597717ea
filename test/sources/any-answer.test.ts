import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceUnavailableError } from '../../src/errors.js';
import type { Source } from '../../src/sources/source.js';
import { countriesSources, gdpSource, ratesSources } from '../../src/sources/sources.js';
import { runs } from '../runs.js';
import * as faults from '../upstream/faults.js';
import { API_KEY, type Route } from '../upstream/upstream.js';
import { ask, withUpstream } from './with-upstream.js';

const { upstream, http } = await withUpstream();

const SOURCES: [Route, Source<unknown>][] = [
  ['csc', countriesSources.csc],
  ['restcountries', countriesSources.restcountries],
  ['restcountries-v3', countriesSources['restcountries-v3']],
  ['restcountries-v2', countriesSources['restcountries-v2']],
  ['currency-api', ratesSources['currency-api']],
  ['open-er-api', ratesSources['open-er-api']],
  ['frankfurter', ratesSources.frankfurter],
  ['world-bank', gdpSource],
];

describe.each(SOURCES)('%s', (route, source) => {
  const fetchAnswer = () => source.fetch(ask(http, upstream.urls[route], { apiKey: API_KEY }));

  test('refuses any other JSON, always with a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        upstream.answer(route, faults.body(value));
        const error: unknown = await fetchAnswer().catch((caught) => caught);
        expect(error).toBeInstanceOf(SourceUnavailableError);
      }),
      { numRuns: runs(40) },
    );
  });

  test('survives any JSON in place of a part of its answer', async () => {
    const position = fc.double({ min: 0, max: 0.999, noNaN: true });
    await fc.assert(
      fc.asyncProperty(position, fc.jsonValue(), async (where, value) => {
        upstream.answer(
          route,
          faults.edited((answer) => withPartReplaced(answer, where, value)),
        );
        const outcome: unknown = await fetchAnswer().catch((caught) => caught);
        if (!(outcome instanceof SourceUnavailableError)) expect(outcome).toHaveProperty('records');
      }),
      { numRuns: runs(60) },
    );
  });
});

/** The answer with another value in one of its places, chosen from all of them, however deep. */
function withPartReplaced(answer: unknown, where: number, value: unknown): unknown {
  const places: { parent: Record<string, unknown>; key: string }[] = [];
  collectPlaces(answer, places);
  const place = places[Math.floor(where * places.length)];
  if (place) place.parent[place.key] = value;
  return answer;
}

function collectPlaces(node: unknown, places: { parent: Record<string, unknown>; key: string }[]): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    places.push({ parent: node as Record<string, unknown>, key });
    collectPlaces(child, places);
  }
}
