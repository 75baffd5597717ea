import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { mostDialects } from '../databases.js';
import { serve } from '../http/serve.js';
import { runs } from '../runs.js';
import { generateQuery } from './generate-query.js';
import { LEAK } from './hostile.js';

const RUNS = runs(200);
const FAULTS = ['INTERNAL_SERVER_ERROR', 'DATABASE_UNAVAILABLE'];

describe.each(mostDialects)('generated requests on %s', async (dialect) => {
  const { url, post } = await serve({ QUERY_MAX_COST: '5000' }, dialect);
  const schema = createSchema();

  test('never hit a fault of ours, nor reveal internals', async () => {
    const outcomes = new Set<string>();
    const decisions = fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(decisions, async (numbers) => {
        const query = generateQuery(schema, numbers);
        const { data, errors, status } = await post(query);
        // About one in six hundred is longer than BODY_MAX_KB.
        expect([200, 413]).toContain(status);
        const codes = errors.map(({ extensions }) => String(extensions?.code));
        for (const fault of FAULTS) expect(codes).not.toContain(fault);
        expect(JSON.stringify(errors)).not.toMatch(LEAK);
        outcomes.add(data === null ? (codes[0] ?? '') : 'data');
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 40_000 },
    );
    // Otherwise nothing was tried.
    expect([...outcomes]).toEqual(expect.arrayContaining(['data', 'GRAPHQL_VALIDATION_FAILED']));
  }, 60_000);

  test('of any JSON are answered as bad requests', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (body) => {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        expect(response.status).toBe(400);
        expect(await response.text()).not.toMatch(LEAK);
      }),
      { numRuns: runs(100) },
    );
  });

  test('of any variables hit no fault of ours either, nor reveal internals', async () => {
    const query = `query ($filter: CountryFilter, $orderBy: [CountryOrder!], $first: Int, $after: String) {
      countries(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { nodes { code } } }`;
    const variables = fc.record(
      {
        filter: fc.oneof(fc.jsonValue(), fc.record({ name: fc.record({ contains: fc.string({ unit: 'binary' }) }) })),
        orderBy: fc.oneof(fc.jsonValue(), fc.array(fc.record({ field: fc.constantFrom('NAME', 'CODE') }))),
        first: fc.oneof(fc.jsonValue(), fc.integer()),
        after: fc.oneof(fc.jsonValue(), fc.base64String()),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(variables, async (given) => {
        const { status, errors } = await post(query, given as Record<string, unknown>);
        // A body with __proto__ in it is not even read.
        expect([200, 400]).toContain(status);
        for (const { message, extensions } of errors) {
          expect(FAULTS).not.toContain(extensions?.code);
          expect(message).not.toMatch(LEAK);
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 40_000 },
    );
  });
});
