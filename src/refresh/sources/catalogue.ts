import type { CountriesSourceName, RatesSourceName } from '../../config/sources.js';
import { csc } from './csc.js';
import { currencyApi } from './currency-api.js';
import { frankfurter } from './frankfurter.js';
import { openErApi } from './open-er-api.js';
import { restCountries } from './restcountries.js';
import { restCountriesV2 } from './restcountries-v2.js';
import { restCountriesV3 } from './restcountries-v3.js';
import type { CountriesSource, GdpSource, RatesSource } from './source.js';
import { worldBank } from './world-bank.js';

/** Every source by its name in the settings: a new one is a file beside this one and a line here. */
export const countriesSources = {
  csc,
  restcountries: restCountries,
  'restcountries-v3': restCountriesV3,
  'restcountries-v2': restCountriesV2,
} satisfies Record<Exclude<CountriesSourceName, 'bundled'>, CountriesSource>;

export const ratesSources = {
  'currency-api': currencyApi,
  'open-er-api': openErApi,
  frankfurter,
} satisfies Record<Exclude<RatesSourceName, 'bundled'>, RatesSource>;

export const gdpSource: GdpSource = worldBank;
