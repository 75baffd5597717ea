import { withQuery } from './address.js';
import type { CountryClaim } from './country-check.js';
import type { CountriesSource, CountryRecord, SourceAnswer, SourceRequest } from './source.js';
import { unusable } from './upstream-message.js';

/** What the sources differ in whose whole answer is one JSON array of countries. */
interface CountryList extends Omit<CountriesSource, 'fetch'> {
  /** Query parameters that the address needs. */
  query: Record<string, string>;
  claimOf: (item: unknown) => CountryClaim;
}

export function countryListSource({ query, claimOf, ...about }: CountryList): CountriesSource {
  const source: CountriesSource = { ...about, fetch: fetchList };
  return source;

  async function fetchList(request: SourceRequest): Promise<SourceAnswer<CountryRecord>> {
    const { url = about.url, http, signal, timeoutMs } = request;
    const answer = await http.getJson({ source: about.name, url: withQuery(url, query), signal, timeoutMs });
    const { body } = answer;
    if (!Array.isArray(body)) throw unusable(about.name, body, 'the answer is no list of countries');
    // It checks with a library that takes its time to load: the question has left before that.
    const { checkedCountries } = await import('./country-check.js');
    return checkedCountries(source, body.map(claimOf), answer);
  }
}
