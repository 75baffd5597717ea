import { describe, expect, it } from 'vitest';
import { serve } from '../http/serve.js';

/** Nothing is cached, so every query is executed: first by Apollo, then from its validated document. */
const { post } = await serve({ ANSWER_CACHE_MB: '0' });

async function answers(query: string, all: readonly Record<string, unknown>[]) {
  const results = [];
  for (const variables of all) results.push(await post(query, variables));
  return results;
}

describe('a query that has been answered before', () => {
  const LIST = `query Some($n: Int, $more: Boolean = false) {
    countries(first: $n) { nodes { name currencies @include(if: $more) { countries { borders { name currencies { countries { name } } } } } } }
  }`;

  it('has other answers with other variables', async () => {
    const query = 'query ($code: CountryCode!) { country(code: $code) { name } }';
    const [ci, fr, again] = await answers(query, [{ code: 'CI' }, { code: 'FR' }, { code: 'CI' }]);
    expect([ci, fr, again].map((it) => it?.data)).toEqual([
      { country: { name: 'Ivory Coast' } },
      { country: { name: 'France' } },
      { country: { name: 'Ivory Coast' } },
    ]);
  });

  it('is refused just as plainly when its variables are wrong', async () => {
    const query = 'query ($code: CountryCode!) { country(code: $code) { code } }';
    const wrong = [{ code: 'CI' }, { code: 5 }, {}, { code: 'CI' }, { code: '?' }];
    const [, five, none, again, mark] = await answers(query, wrong);
    expect(five?.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    expect(none?.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    expect(again?.data).toEqual({ country: { code: 'CI' } });
    expect(mark?.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });

  it('is refused with variables that make it too costly', async () => {
    const [few, ...others] = await answers(LIST, [
      { n: 1 },
      { n: 1, more: true },
      { n: 250, more: true },
      { more: true },
      { n: 250 },
    ]);
    expect(few?.errors).toEqual([]);
    expect(others.map(({ errors }) => errors[0]?.extensions?.limit)).toEqual([
      undefined,
      'QUERY_MAX_COST',
      'QUERY_MAX_COST',
      undefined,
    ]);
  });

  it('is refused with variables of a thousand parts', async () => {
    const query = 'query ($codes: [CountryCode!]) { countries(filter: { codes: $codes }) { nodes { code } } }';
    const [few, many] = await answers(query, [{ codes: ['CI'] }, { codes: Array(1_100).fill('CI') }]);
    expect(few?.errors).toEqual([]);
    expect(many?.errors[0]?.extensions).toMatchObject({ limit: 'QUERY_MAX_INPUTS', allowed: 1_000 });
  });

  it('has its errors from Apollo, and none the next time', async () => {
    const query =
      'query ($to: [CurrencyCode!]!) { convert(amount: 2, from: "USD", to: $to) { result } country(name: "x") { code } }';
    const [good, bad, goodAgain] = await answers(query, [{ to: ['USD'] }, { to: ['USD', 'ZZZ'] }, { to: ['USD'] }]);
    expect(good?.errors).toEqual([]);
    expect(bad?.errors).toMatchObject([{ path: ['convert', 1], extensions: { code: 'RATE_UNAVAILABLE' } }]);
    expect(bad?.data).toMatchObject({ convert: [{ result: 2 }, null] });
    expect(goodAgain?.data).toEqual(good?.data);
  });
});
