import type { Country } from '../countries/country.type.js';
import type { Snapshots } from '../countries/snapshot-cache.js';
import { CurrencyService } from '../currencies/currency.service.js';
import { type Currency, type ExchangeRate, HistoryStep, type RatePeriod } from '../currencies/currency.type.js';
import { PIVOT } from '../currencies/rates.js';
import { AppError, NotFoundError } from '../errors.js';
import { currencyName } from '../locales.js';
import type { DataSource } from '../provenance/provenance.type.js';
import { type Cell, DataChangedError, type DataFile, type Row } from './data-file.js';

/** The columns of a table, and what each of them shows for an item. */
type Columns<T> = Readonly<Record<string, (item: T) => Cell>>;

/** Named like the fields of the schema. */
const COUNTRIES: Columns<Country> = {
  ...sameNamed('code', 'alpha3', 'numeric'),
  name: ({ englishName }) => englishName,
  ...sameNamed('officialName', 'capitals', 'region', 'subregion', 'population', 'areaKm2'),
  ...sameNamed('latitude', 'longitude', 'landlocked', 'independent', 'unMember'),
  languages: ({ languages }) => languages.map(({ code }) => code),
  borders: ({ borders }) => borders.map(({ code }) => code),
  ...sameNamed('timezones', 'topLevelDomains'),
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
  const { countries, sources } = await snapshots.current();
  return {
    name: 'countries',
    columns: Object.keys(COUNTRIES),
    parts: inOnePart(toRows(COUNTRIES, countries)),
    sources: [...sources.values()],
  };
}

interface Quote {
  currency: Currency;
  rate: ExchangeRate;
  sources: readonly DataSource[];
}

const QUOTES: Columns<Quote> = {
  base: ({ rate }) => rate.base,
  quote: ({ rate }) => rate.quote,
  name: ({ currency }) => currencyName(currency, null),
  rate: ({ rate }) => rate.rate,
  date: ({ rate }) => rate.date,
  sources: ({ sources }) => sources.map(({ name }) => name),
};

interface RatesQuery {
  base?: string | undefined;
  on?: string | undefined;
}

/** The rates of all currencies that have one, by code. */
export async function ratesFile(snapshots: Snapshots, { base = PIVOT, on }: RatesQuery): Promise<DataFile> {
  const currencies = new CurrencyService(snapshots);
  await findCurrency(currencies, base);
  const listed = await currencies.list();
  const quotes = (await Promise.all(listed.map((it) => quoteOf(currencies, it, base, on)))).flat();
  if (quotes.every(({ currency }) => currency.code === base)) {
    throw new AppError('RATE_UNAVAILABLE', `There are no rates for ${base}${on ? ` on or before ${on}` : ''}`);
  }
  const rows = toRows(QUOTES, quotes);
  return {
    name: ['rates', base, on].filter(Boolean).join('-'),
    columns: Object.keys(QUOTES),
    parts: on ? ofOneVersion(snapshots, [async () => rows]) : inOnePart(rows),
    sources: distinct(quotes.flatMap(({ sources }) => sources)),
  };
}

async function quoteOf(
  currencies: CurrencyService,
  currency: Currency,
  base: string,
  on: string | undefined,
): Promise<Quote[]> {
  const rate = await currencies.rate(currency.code, base, on).catch((error: unknown) => {
    // Too large or too small for a number.
    if (error instanceof AppError && error.code === 'RATE_UNAVAILABLE') return null;
    throw error;
  });
  return rate ? [{ currency, rate, sources: await currencies.sourcesOf(rate) }] : [];
}

function distinct(sources: readonly DataSource[]): DataSource[] {
  return [...new Map(sources.map((it) => [`${it.name} ${it.bundled}`, it])).values()];
}

const DAYS: Columns<ExchangeRate> = sameNamed('base', 'quote', 'date', 'rate');

const PERIODS: Columns<RatePeriod & { base: string; quote: string }> = {
  ...sameNamed('base', 'quote', 'from', 'to'),
  ...sameNamed('last', 'average', 'min', 'max', 'observations'),
};

interface HistoryQuery {
  base?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  step?: HistoryStep | undefined;
}

/** The rates of a currency by day, or figures by week, month, quarter or year. By default, all that there are. */
export async function historyFile(snapshots: Snapshots, code: string, query: HistoryQuery): Promise<DataFile> {
  const { base = PIVOT, from, to, step = HistoryStep.DAY } = query;
  const currencies = new CurrencyService(snapshots);
  const [{ code: quote }] = await Promise.all([findCurrency(currencies, code), findCurrency(currencies, base)]);
  const history = await currencies.longHistory(quote, { base, from, to, step });
  const rowsOf = async (span: { from: string; to: string }): Promise<Row[]> => {
    const range = { base, step, ...span };
    if (step === HistoryStep.DAY) return toRows(DAYS, await currencies.history(quote, range));
    const periods = await currencies.periods(quote, range);
    return toRows(
      PERIODS,
      periods.map((it) => ({ ...it, base, quote })),
    );
  };
  return {
    name: ['history', quote, base, ...(step === HistoryStep.DAY ? [] : [step.toLowerCase()])].join('-'),
    columns: Object.keys(step === HistoryStep.DAY ? DAYS : PERIODS),
    parts: ofOneVersion(
      snapshots,
      [...(history?.parts ?? [])].map((span) => () => rowsOf(span)),
    ),
    sources: history?.sources ?? [],
  };
}

async function findCurrency(currencies: CurrencyService, code: string): Promise<Currency> {
  const currency = await currencies.find(code.toUpperCase());
  if (currency === null) throw new NotFoundError(`There is no currency ${JSON.stringify(code)}`);
  return currency;
}

/** A file of two data versions would be cached under the validator of the first. */
async function* ofOneVersion(snapshots: Snapshots, reads: readonly (() => Promise<Row[]>)[]) {
  const { version } = await snapshots.current();
  for (const read of reads) {
    const rows = await read();
    if (!(await snapshots.isNewest(version))) throw new DataChangedError();
    yield rows;
  }
}

function toRows<T>(columns: Columns<T>, items: readonly T[]): Row[] {
  const cells = Object.values(columns);
  return items.map((item) => cells.map((cell) => cell(item)));
}

async function* inOnePart(rows: readonly Row[]) {
  yield rows;
}

/** Columns that show fields of their own names. */
function sameNamed<Name extends string>(...names: Name[]): Columns<Record<Name, Cell>> {
  return Object.fromEntries(names.map((name) => [name, (item: Record<Name, Cell>) => item[name]]));
}
