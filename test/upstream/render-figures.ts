import { isWithdrawn } from '../../src/countries/tender.js';
import { isoStatus } from '../../src/currencies/currency-codes.js';
import type { Facts } from './facts.js';
import type { Reply } from './reply.js';

/** What is among the currencies there: cryptocurrencies, metals and the money of the past. */
const STRANGERS = { '1inch': 6.02, btc: 0.0000089, doge: 4.3, xag: 0.021, xau: 0.00026, dem: 1.667 };

/** A day of the Currency API, by lower-case codes. */
export function renderCurrencyApi({ rates, ratesOn }: Facts, url: URL): Reply {
  const [, day] = /currency-api@(\d{4}-\d{2}-\d{2})\//.exec(url.pathname) ?? [];
  const lowerCase = Object.entries(rates).map(([code, rate]) => [code.toLowerCase(), rate]);
  return { body: { date: day ?? ratesOn, usd: { ...STRANGERS, ...Object.fromEntries(lowerCase) } } };
}

/** The open access endpoint of ExchangeRate-API. */
export function renderOpenErApi({ rates, ratesOn }: Facts): Reply {
  const updated = Date.parse(`${ratesOn}T00:02:31Z`) / 1000;
  const next = updated + 86_400;
  const body = {
    result: 'success',
    provider: 'https://www.exchangerate-api.com',
    documentation: 'https://www.exchangerate-api.com/docs/free',
    terms_of_use: 'https://www.exchangerate-api.com/terms',
    time_last_update_unix: updated,
    time_last_update_utc: new Date(updated * 1000).toUTCString(),
    time_next_update_unix: next,
    time_next_update_utc: new Date(next * 1000).toUTCString(),
    time_eol_unix: 0,
    base_code: 'USD',
    rates,
  };
  return { body };
}

/** Frankfurter v2: central banks know only ISO codes, do not quote the base itself, and are closed at the weekend. */
export function renderFrankfurter({ rates, ratesOn }: Facts, url: URL): Reply {
  const { base: _, from, to = ratesOn, ...unknown } = Object.fromEntries(url.searchParams);
  const [name] = Object.keys(unknown);
  if (name) return { status: 422, body: { status: 422, message: `unknown parameter: ${name}` } };
  const quotes = Object.entries(rates).filter(
    ([code]) => code !== 'USD' && isoStatus(code, isWithdrawn(code, ratesOn)) === 'CURRENT',
  );
  const dates = from === undefined ? [ratesOn] : workingDays(from, to);
  return { body: dates.flatMap((date) => quotes.map(([quote, rate]) => ({ date, base: 'USD', quote, rate }))) };
}

function workingDays(from: string, to: string): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000) {
    const date = new Date(time);
    if (date.getUTCDay() % 6 !== 0) days.push(date.toISOString().slice(0, 10));
  }
  return days;
}

/** One page of the World Bank's newest GDP per capita, aggregates among the economies. */
export function renderWorldBank({ gdp, gdpOn }: Facts, url: URL): Reply {
  const perPage = Number(url.searchParams.get('per_page') ?? 50);
  const page = Number(url.searchParams.get('page') ?? 1);
  const world = { perCapita: 13_673.1, year: 2024 };
  const all = [...Object.entries({ '1W': world, XC: world }), ...Object.entries(gdp)];
  const rows = all.slice((page - 1) * perPage, page * perPage).map(worldBankRow);
  const pages = Math.ceil(all.length / perPage);
  const meta = { page, pages, per_page: perPage, total: all.length, sourceid: '2', lastupdated: gdpOn };
  return { body: [meta, rows] };
}

function worldBankRow([code, fact]: [string, Facts['gdp'][string]]) {
  return {
    indicator: { id: 'NY.GDP.PCAP.CD', value: 'GDP per capita (current US$)' },
    country: { id: code, value: code },
    countryiso3code: '',
    date: String(fact?.year ?? 2024),
    value: fact?.perCapita ?? null,
    unit: '',
    obs_status: '',
    decimal: 1,
  };
}
