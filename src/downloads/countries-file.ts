import { CountryService } from '../countries/country.service.js';
import type { Country } from '../countries/country.type.js';
import type { Snapshots } from '../countries/snapshot-cache.js';
import { type Columns, type DataFile, inOnePart, toRows } from './data-file.js';

/** Named as the fields of the schema. */
const COLUMNS: Columns<Country> = {
  code: ({ code }) => code,
  alpha3: ({ alpha3 }) => alpha3,
  numeric: ({ numeric }) => numeric,
  name: ({ englishName }) => englishName,
  officialName: ({ officialName }) => officialName,
  capitals: ({ capitals }) => capitals,
  region: ({ region }) => region,
  subregion: ({ subregion }) => subregion,
  population: ({ population }) => population,
  areaKm2: ({ areaKm2 }) => areaKm2,
  latitude: ({ latitude }) => latitude,
  longitude: ({ longitude }) => longitude,
  landlocked: ({ landlocked }) => landlocked,
  independent: ({ independent }) => independent,
  unMember: ({ unMember }) => unMember,
  languages: ({ languages }) => languages.map(({ code }) => code),
  borders: ({ borders }) => borders.map(({ code }) => code),
  timezones: ({ timezones }) => timezones,
  topLevelDomains: ({ topLevelDomains }) => topLevelDomains,
  currencies: ({ currencies }) => currencies.map(({ code }) => code),
  currency: ({ currency }) => currency?.code ?? null,
  exchangeRate: ({ exchangeRate }) => exchangeRate,
  exchangeRateDate: ({ currency }) => currency?.lastRate?.observed_on ?? null,
  estimatedGdp: ({ estimatedGdp }) => estimatedGdp,
  gdpMethod: ({ gdp }) => gdp.method,
  gdpPerCapita: ({ gdp }) => gdp.perCapita,
  gdpYear: ({ gdp }) => gdp.year,
  gdpReason: ({ gdp }) => gdp.reason,
  gdpCoverage: ({ gdp }) => gdp.coverage,
  source: ({ source }) => source.name,
  lastRefreshedAt: ({ lastRefreshedAt }) => lastRefreshedAt,
};

/** All countries, by name. */
export async function countriesFile(snapshots: Snapshots): Promise<DataFile> {
  const [{ nodes }, { sources }] = await Promise.all([new CountryService(snapshots).page({}), snapshots.current()]);
  return {
    name: 'countries',
    columns: Object.keys(COLUMNS),
    parts: inOnePart(toRows(COLUMNS, nodes)),
    sources: [...sources.values()],
  };
}
