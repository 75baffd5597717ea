/** What a source provides. Separate from the GraphQL type, because a refresh needs no GraphQL. */
export enum Figures {
  COUNTRIES = 'COUNTRIES',
  RATES = 'RATES',
  GDP = 'GDP',
  REFERENCE = 'REFERENCE',
}

/** The terms of a source, for citations. */
export interface Credit {
  /** An SPDX identifier, or `LicenseRef-...` for terms that have none. */
  licence: string;
  attribution: string;
  /** Derived databases must stay under the ODbL: the source has that licence, or its data derive from data under it. */
  shareAlike?: boolean;
  /** False when its figures may be used but not redistributed. */
  redistributable?: boolean;
}

/** For a source that is not in the settings: the reference facts name their own. */
export interface NamedCredit extends Credit {
  name: string;
}

export const CREDITS = {
  csc: {
    licence: 'ODbL-1.0',
    attribution: 'Countries States Cities Database (github.com/dr5hn/countries-states-cities-database)',
    shareAlike: true,
  },
  restcountries: { licence: 'LicenseRef-REST-Countries-terms', attribution: 'REST Countries (restcountries.com)' },
  'restcountries-v3': {
    licence: 'MPL-2.0',
    attribution: 'REST Countries v3.1 (gitlab.com/restcountries/restcountries), from mledoze/countries (ODbL-1.0)',
    shareAlike: true,
  },
  'restcountries-v2': {
    licence: 'MPL-2.0',
    attribution: 'REST Countries v2 (gitlab.com/restcountries/restcountries), from mledoze/countries (ODbL-1.0)',
    shareAlike: true,
  },
  'currency-api': {
    licence: 'CC0-1.0',
    attribution: 'Currency API by Fawaz Ahmed (github.com/fawazahmed0/exchange-api)',
  },
  'open-er-api': {
    licence: 'LicenseRef-ExchangeRate-API-open-access',
    attribution: 'Rates By Exchange Rate API (https://www.exchangerate-api.com)',
    redistributable: false,
  },
  frankfurter: {
    licence: 'LicenseRef-central-banks',
    attribution: 'Central banks through Frankfurter (frankfurter.dev)',
  },
  'world-bank': {
    licence: 'CC-BY-4.0',
    attribution: 'World Bank, World Development Indicators: NY.GDP.PCAP.CD',
  },
} satisfies Record<string, Credit>;

type CreditedSource = keyof typeof CREDITS;

/** Where the terms can be read. */
export const LICENCE_URLS: Readonly<Record<string, string>> = {
  'ODbL-1.0': 'https://opendatacommons.org/licenses/odbl/1-0/',
  'MPL-2.0': 'https://www.mozilla.org/MPL/2.0/',
  'CC0-1.0': 'https://creativecommons.org/publicdomain/zero/1.0/',
  'CC-BY-4.0': 'https://creativecommons.org/licenses/by/4.0/',
  'Unicode-3.0': 'https://www.unicode.org/license.txt',
  'LicenseRef-REST-Countries-terms': 'https://restcountries.com',
  'LicenseRef-ExchangeRate-API-open-access': 'https://www.exchangerate-api.com/terms',
  'LicenseRef-central-banks': 'https://frankfurter.dev',
};

/** In the `source` columns: distinguishes rows of the data set that comes with the project from live ones. */
export const BUNDLED = 'bundled';

/** What that data set was made from. */
export const BUNDLED_FROM: Readonly<Record<string, CreditedSource>> = {
  [Figures.COUNTRIES]: 'restcountries-v3',
  [Figures.RATES]: 'currency-api',
  [Figures.GDP]: 'world-bank',
};

/** SPDX's term for an unknown licence: rows may have been written by another version. */
const UNKNOWN_LICENCE = 'NOASSERTION';

export function creditOf(name: string): Credit {
  const known: Record<string, Credit> = CREDITS;
  return (Object.hasOwn(known, name) && known[name]) || { licence: UNKNOWN_LICENCE, attribution: name };
}
