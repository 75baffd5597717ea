import { isDay } from '../days.js';
import { SourceUnavailableError } from '../errors.js';
import { CREDITS } from '../provenance/credits.js';
import { at, unusable, withQuery } from './json.js';
import type { GdpSource, SourceRequest } from './source.js';
import { validateGdp } from './validate-figures.js';

/** One page is enough for up to 400 economies. */
const QUERY = { format: 'json', mrnev: '1', per_page: '400' };
const MAX_PAGES = 10;

/** GDP per capita in current US dollars: the newest figure of each economy. */
export const worldBank: GdpSource = {
  name: 'world-bank',
  url: 'https://api.worldbank.org/v2/country/all/indicator/NY.GDP.PCAP.CD',
  ...CREDITS['world-bank'],
  fetch: fetchWorldBank,
};

async function fetchWorldBank(request: SourceRequest) {
  const first = await fetchPage(request, 1);
  const numbers = Array.from({ length: first.pages - 1 }, (_, index) => index + 2);
  const rest = await Promise.all(numbers.map((number) => fetchPage(request, number)));
  const rows = [first, ...rest].flatMap((page) => page.rows);
  const { body, url } = first.response;
  const lastUpdated = at(body, 0, 'lastupdated');
  const observedAt = isDay(lastUpdated) ? lastUpdated : null;
  return validateGdp(worldBank, rows.map(toRaw), { url, observedAt });
}

async function fetchPage(request: SourceRequest, number: number) {
  const { url = worldBank.url, http, signal, timeoutMs } = request;
  const source = worldBank.name;
  const query = number === 1 ? QUERY : { ...QUERY, page: String(number) };
  const response = await http.getJson({ source, url: withQuery(url, query), signal, timeoutMs });
  const pages = at(response.body, 0, 'pages');
  const rows = at(response.body, 1);
  if (!Array.isArray(rows) || typeof pages !== 'number' || pages < 1)
    throw unusable(source, response.body, 'the answer has no figures');
  if (pages > MAX_PAGES) {
    throw new SourceUnavailableError(source, `it has ${pages} pages, at most ${MAX_PAGES} are read`);
  }
  return { rows, pages, response };
}

function toRaw(row: unknown) {
  return { code: at(row, 'country', 'id'), perCapita: at(row, 'value'), year: at(row, 'date') };
}
