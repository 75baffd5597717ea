import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { SourceUnavailableError } from '../../src/errors.js';
import { withoutSecretsOf } from '../../src/sources/json.js';
import { createSources, type Sources } from '../../src/sources/sources.js';
import { settings } from '../app.js';
import { startUpstream } from '../upstream/upstream.js';

const TOKEN = 'k3y-in-the-path';
const upstream = await startUpstream();
afterEach(() => upstream.restore());
afterAll(() => upstream.close());

const FETCHES: Record<string, (sources: Sources) => Promise<unknown>> = {
  COUNTRIES_URL: (sources) => sources.countries(new AbortController().signal),
  RATES_URL: (sources) => sources.rates(new AbortController().signal),
  GDP_URL: (sources) => sources.gdp(new AbortController().signal),
};

describe.each(Object.entries(FETCHES))('an address in %s', (variable, fetch) => {
  const env = settings(upstream, '');
  const { origin, pathname } = new URL(env[variable] as string);
  const ask = async (address: string) => {
    const sources = createSources(readConfig({ ...env, [variable]: address }).sources);
    return fetch(sources).finally(() => sources.close());
  };

  it('is reported by its origin alone', async () => {
    expect(await ask(`${origin}${pathname}?key=${TOKEN}`)).toMatchObject({ use: { url: origin } });
  });

  it('is in no error, not even where the upstream repeats it', async () => {
    const error = await ask(`${origin}/${TOKEN}/latest/x.json?key=s3cret`).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(SourceUnavailableError);
    const { details } = error as SourceUnavailableError;
    expect(details).toMatch(/HTTP 404 Not Found: "no such path: \*\*\*"$/);
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });
});

it.each([
  ['GET /a/T0ken?key=abcd failed', 'GET *** failed'],
  ['the key abcd is unknown', 'the key *** is unknown'],
  ['T0ken is not a token', '*** is not a token'],
  ['the answer is not a list of a', 'the answer is not a list of a'],
])('%j becomes %j', (text, hidden) => {
  expect(withoutSecretsOf('https://mirror.example/a/T0ken?key=abcd', text)).toBe(hidden);
});
