import type { Config } from '../../config.js';
import { VERSION } from '../../version.js';
import { bundled } from './bundled.js';
import { countriesSources, gdpSource, ratesSources } from './catalogue.js';
import { currencyApiOn } from './currency-api.js';
import { createHttpClient, type HttpClient } from './http.js';
import type { CountryRecord, GdpRecord, RateRecord, Source, SourceAnswer } from './source.js';

type Ask<Record> = (signal: AbortSignal) => Promise<SourceAnswer<Record>>;

/** The sources that the settings chose. Whoever creates them closes them. */
export interface Sources {
  countries: Ask<CountryRecord>;
  rates: Ask<RateRecord>;
  gdp: Ask<GdpRecord>;
  /** The rates of a past day, from the one source that keeps them. */
  ratesOn(day: string, signal: AbortSignal): Promise<SourceAnswer<RateRecord>>;
  /** The data set that comes with the project. */
  bundled: typeof bundled;
  close(): Promise<void>;
}

export function createSources(config: Config['sources']): Sources {
  const http = createHttpClient({ version: VERSION });
  const { countries, countriesUrl, rates, ratesUrl, gdpUrl } = config;
  return {
    countries:
      countries === 'bundled'
        ? bundled.countries
        : asking(countriesSources[countries], countriesUrl, http, config),
    rates: rates === 'bundled' ? bundled.rates : asking(ratesSources[rates], ratesUrl, http, config),
    // Whoever asks for the bundled countries by name wants no network.
    gdp:
      countries === 'bundled' && gdpUrl === undefined ? bundled.gdp : asking(gdpSource, gdpUrl, http, config),
    ratesOn: (day, signal) =>
      asking(currencyApiOn(day), rates === 'currency-api' ? ratesUrl : undefined, http, config)(signal),
    bundled,
    close: () => http.close(),
  };
}

/** Each source has one overall time of its own, which ends early when the refresh is given up. */
function asking<Record>(
  source: Source<Record>,
  url: string | undefined,
  http: HttpClient,
  { restCountriesApiKey: apiKey, timeoutMs }: Config['sources'],
): Ask<Record> {
  return (signal) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    return source.fetch({ url, apiKey, http, signal: either, timeoutMs });
  };
}
