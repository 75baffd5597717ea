import type { Database } from '../../src/db/database.js';
import { countryFact } from '../upstream/facts.js';
import * as upstreamFaults from '../upstream/faults.js';
import type { Handler } from '../upstream/reply.js';
import type { Route, Upstream } from '../upstream/upstream.js';
import type { Fault } from './fault.js';

const { body, edited, few, raw, status } = upstreamFaults;

const COUNTRIES = 'restcountries-v3';
const RATES = 'currency-api';
const GDP = 'world-bank';

/** The source answers like this, and the refresh fails. */
function refused(name: string, done: string, sees: RegExp, ...handlers: [Handler, ...Handler[]]): Fault {
  return answered(COUNTRIES, { name, done, sees, data: 'before' }, ...handlers);
}

function answered(
  route: Route,
  fault: Pick<Fault, 'name' | 'done' | 'sees' | 'data'>,
  ...handlers: [Handler, ...Handler[]]
): Fault {
  return withFacts(fault, (upstream) => upstream.answer(route, ...handlers));
}

function withFacts(fault: Pick<Fault, 'name' | 'done' | 'sees' | 'data'>, change: (upstream: Upstream) => void): Fault {
  return {
    part: 'fetch',
    ...fault,
    async hit({ upstream, attempt }) {
      change(upstream);
      return (
        await attempt({ env: fault.sees.source.includes('no complete answer') ? { API_TIMEOUT: '1' } : {} })
      ).outcome();
    },
  };
}

function unreachable(name: string, done: string, sees: RegExp, url: string): Fault {
  return {
    part: 'fetch',
    name,
    done,
    sees,
    data: 'before',
    hit: async ({ attempt }) => (await attempt({ env: { COUNTRIES_URL: url } })).outcome(),
  };
}

export const sourceFaults: Fault[] = [
  unreachable(
    'Connection refused',
    'nothing listens at the address of the countries',
    /connection refused/,
    'http://127.0.0.1:1/all',
  ),
  unreachable(
    'Host name unknown',
    'the address of the countries has a name that no DNS knows',
    /cannot be resolved/,
    'http://no-such-host.invalid/all',
  ),
  refused('Connection reset', 'the connection is cut before an answer', /closed before/, upstreamFaults.reset()),
  refused(
    'Reset in mid-body',
    'half of the body, then the connection is cut',
    /closed before/,
    upstreamFaults.halfBody(),
  ),
  refused('No answer', 'the source never answers', /no complete answer within/, upstreamFaults.silence()),
  refused('Slow drip', 'a byte now and then, endlessly', /no complete answer within/, upstreamFaults.drip()),
  refused('Endless body', 'an endless body at full speed', /larger than/, upstreamFaults.endless()),
  refused('Gzip bomb', 'a kilobyte for every megabyte that it becomes', /larger than/, upstreamFaults.gzipBomb()),
  refused(
    'Damaged gzip',
    'text that is declared as gzip',
    /compressed body is damaged/,
    raw('not gzip', { 'content-encoding': 'gzip' }),
  ),
  refused('Wrong content type', 'the right bytes as text/csv', /text\/csv/, upstreamFaults.wrongType('text/csv')),
  refused('HTML with status 200', 'an HTML page', /text\/html/, upstreamFaults.html()),
  refused(
    'Error with status 200',
    'the farewell message of REST Countries, with status 200',
    /has closed this API/,
    upstreamFaults.errorUnder200(),
  ),
  refused('Redirect loop', 'a redirect to itself', /redirects/, upstreamFaults.redirectLoop()),
  refused('Invalid UTF-8', 'JSON in Latin-1', /not valid UTF-8/, upstreamFaults.invalidUtf8()),
  refused(
    'Truncated JSON',
    'half of the JSON, as if it were complete',
    /not valid JSON/,
    upstreamFaults.truncatedJson(),
  ),
  refused('Empty body', 'status 200 and no body', /the answer is empty/, raw('')),
  refused('Null', 'the JSON value null', /not a list of countries/, body(null)),
  refused('Empty list', 'a list of nothing', /only 0 of 0 records/, body([])),
  refused('Three records', 'the first three countries', /only 3 of 3 records/, few(3)),
  refused('Not found', 'HTTP 404', /HTTP 404/, status(404)),
  refused('Not allowed', 'HTTP 403', /HTTP 403/, status(403)),
  refused('Persistent server error', 'HTTP 503 for each of three attempts', /HTTP 503/, status(503)),
  refused(
    'Too many requests, for an hour',
    'HTTP 429 with Retry-After: 3600',
    /HTTP 429/,
    status(429, { 'retry-after': '3600' }),
  ),
  answered(
    COUNTRIES,
    {
      name: 'Temporary server error',
      done: 'HTTP 503 once, then the right answer',
      sees: /^SUCCEEDED$/,
      data: 'after',
    },
    status(503),
    upstreamFaults.good(),
  ),
  answered(
    COUNTRIES,
    {
      name: 'Too many requests, for a moment',
      done: 'HTTP 429 with Retry-After: 0, then the right answer',
      sees: /^SUCCEEDED$/,
      data: 'after',
    },
    status(429, { 'retry-after': '0' }),
    upstreamFaults.good(),
  ),
  answered(
    COUNTRIES,
    { name: 'Duplicates', done: 'every country twice', sees: /COUNTRY_REJECTED/, data: 'after' },
    edited((value) => [...(value as unknown[]), ...(value as unknown[])]),
  ),
  answered(
    COUNTRIES,
    {
      name: '10,000 records',
      done: '250 countries and 9,750 records that are not countries',
      sees: /COUNTRY_REJECTED/,
      data: 'after',
    },
    edited((value) => [
      ...(value as unknown[]),
      ...Array.from({ length: 9_750 }, (_, index) => ({ name: { common: `Thing ${index}` }, cca2: '??' })),
    ]),
  ),
  withFacts(
    {
      name: 'Negative population',
      done: 'one country has a population of -1',
      sees: /^SUCCEEDED, FIELD_REJECTED$/,
      data: 'after',
    },
    ({ facts }) => {
      countryFact(facts, 'CH').population = -1;
    },
  ),
  withFacts(
    {
      name: 'Codes in the wrong rows',
      done: 'the alpha-2 codes shifted by one row',
      sees: /only 0 of 250/,
      data: 'before',
    },
    ({ facts: { countries } }) => {
      const codes = countries.map(({ code }) => code);
      for (const [index, country] of countries.entries()) country.code = codes.at(index - 1) ?? '';
    },
  ),
  answered(
    COUNTRIES,
    { name: 'A field left out', done: 'no country has currencies', sees: /^SUCCEEDED$/, data: 'after' },
    edited((value) => (value as object[]).map((country) => ({ ...country, currencies: undefined }))),
  ),
  withFacts(
    { name: 'Different unit', done: 'the areas in hectares', sees: /FIGURES_SHIFTED/, data: 'after' },
    ({ facts }) => {
      for (const country of facts.countries) country.areaKm2 = (country.areaKm2 ?? 1) * 100;
    },
  ),
  answered(
    RATES,
    {
      name: 'Rates as HTML',
      done: 'an HTML page in place of rates',
      sees: /text\/html/,
      data: 'before',
    },
    upstreamFaults.html(),
  ),
  answered(
    RATES,
    {
      name: 'Endless rates',
      done: 'a byte of rates now and then',
      sees: /no complete answer/,
      data: 'before',
    },
    upstreamFaults.drip(),
  ),
  withFacts(
    { name: 'Negative rate', done: 'one currency is at -1', sees: /RATE_REJECTED/, data: 'after' },
    ({ facts }) => {
      facts.rates.CLP = -1;
    },
  ),
  withFacts(
    {
      name: 'Jump of a rate',
      done: 'one currency is at a thousandth',
      sees: /RATE_HELD_BACK/,
      data: 'after',
    },
    ({ facts }) => {
      facts.rates.CLP = (facts.rates.CLP ?? 1) / 1000;
    },
  ),
  withFacts(
    { name: 'Inverted rates', done: 'US dollars for one unit of each currency', sees: /RATES_INVERTED/, data: 'after' },
    ({ facts: { rates } }) => {
      for (const [code, rate] of Object.entries(rates)) rates[code] = 1 / (rate ?? 1);
    },
  ),
  withFacts(
    { name: 'Different base', done: 'rates for five dollars', sees: /USD is "5"/, data: 'before' },
    ({ facts: { rates } }) => {
      for (const [code, rate] of Object.entries(rates)) rates[code] = 5 * (rate ?? 1);
    },
  ),
  withFacts(
    { name: 'Rates of an older day', done: 'the rates of a year ago', sees: /OLDER_RATES/, data: 'after' },
    ({ facts }) => {
      facts.ratesOn = '2019-01-01';
    },
  ),
  withFacts(
    {
      name: 'Rates dated in the future',
      done: 'the rates of the year 2999',
      sees: /dated in the future/,
      data: 'before',
    },
    ({ facts }) => {
      facts.ratesOn = '2999-01-01';
    },
  ),
  answered(
    GDP,
    {
      name: 'GDP source down',
      done: 'HTTP 404 for the GDP figures',
      sees: /SOURCE_UNAVAILABLE/,
      data: 'after',
    },
    status(404),
  ),
  withFacts(
    { name: 'GDP for a future year', done: 'the figures of the year 2999', sees: /SOURCE_UNAVAILABLE/, data: 'after' },
    ({ facts: { gdp } }) => {
      for (const [code, figure] of Object.entries(gdp)) gdp[code] = figure && { ...figure, year: 2999 };
    },
  ),
  answered(
    GDP,
    {
      name: 'GDP error with status 200',
      done: "the World Bank's error format",
      sees: /SOURCE_UNAVAILABLE/,
      data: 'after',
    },
    body([{ message: [{ id: '120', key: 'Invalid value', value: 'The parameter value is not valid' }] }]),
  ),
  {
    ...withFacts(
      {
        name: 'Shrunken countries',
        done: '201 countries arrive where more than 251 are stored',
        sees: /fewer than 80 %/,
        data: 'before',
      },
      () => undefined,
    ),
    part: 'merge',
    async hit({ upstream, testDatabase: { database }, attempt }) {
      // Nobody has 300 countries; the rule asks what is stored.
      const kept = await addCountries(database, 10);
      upstream.facts.countries = upstream.facts.countries.slice(0, 205);
      const saw = await (await attempt()).outcome();
      await database.kysely.deleteFrom('countries').where('code', 'in', kept).execute();
      return saw;
    },
  },
  {
    ...withFacts(
      { name: 'Shrunken rates', done: '120 of 165 rates arrive', sees: /fewer than 80 %/, data: 'before' },
      ({ facts }) => {
        facts.rates = Object.fromEntries(Object.entries(facts.rates).slice(0, 120));
      },
    ),
    part: 'merge',
  },
];

async function addCountries({ kysely }: Database, count: number): Promise<string[]> {
  const row = await kysely.selectFrom('countries').selectAll().where('code', '=', 'CH').executeTakeFirstOrThrow();
  const more = Array.from({ length: count }, (_, index) => ({ ...row, code: `9${index}` }));
  await kysely.insertInto('countries').values(more).execute();
  return more.map(({ code }) => code);
}
