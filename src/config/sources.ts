import type { Environment } from '../config.js';
import { ConfigError } from '../errors.js';
import { integer, secret, someOf, url, urls } from './readers.js';

const COUNTRIES_SOURCES = [
  'csc',
  'restcountries',
  'restcountries-v3',
  'restcountries-v2',
  'bundled',
] as const;
const RATES_SOURCES = ['currency-api', 'open-er-api', 'frankfurter', 'bundled'] as const;

export type CountriesSourceName = (typeof COUNTRIES_SOURCES)[number];
export type RatesSourceName = (typeof RATES_SOURCES)[number];

/** Whom a refresh asks. */
export function readSources(env: Environment) {
  const apiKey = secret(env, 'REST_COUNTRIES_API_KEY');
  const countries = someOf(env, 'COUNTRIES_SOURCE', COUNTRIES_SOURCES, apiKey ? 'restcountries' : 'csc');
  if (countries.includes('restcountries') && apiKey === undefined) {
    throw new ConfigError(
      'COUNTRIES_SOURCE is "restcountries", which needs REST_COUNTRIES_API_KEY to be set',
    );
  }
  return Object.freeze({
    countries,
    countriesUrls: urls(env, 'COUNTRIES_URL'),
    rates: someOf(env, 'RATES_SOURCE', RATES_SOURCES, 'currency-api'),
    ratesUrls: urls(env, 'RATES_URL'),
    gdpUrl: url(env, 'GDP_URL'),
    restCountriesApiKey: apiKey,
    timeoutMs: integer(env, 'API_TIMEOUT', 30, { min: 1, max: 600 }) * 1000,
  });
}
