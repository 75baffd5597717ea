import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import { HistoryStep, type RatePeriod } from '../../src/currencies/currency.type.js';
import { backfill } from '../../src/refresh/backfill.js';
import { createSources } from '../../src/sources/sources.js';
import { describeOneDatabase } from '../databases.js';

/** Units for 1 euro by day and currency, as the European Central Bank publishes them. */
type EuroRates = ReadonlyMap<string, Readonly<Record<string, number>>>;

const folder = process.env.SOURCE_SAMPLES;

const HISTORIES: Record<string, () => EuroRates> = {
  'two years of made-up rates': madeUp,
  ...(folder ? { 'the whole file of the European Central Bank': () => ecbFile(folder) } : {}),
};

describe.each(Object.entries(HISTORIES))('a backfill of %s', (_, read) => {
  const facts = read();
  const days = [...facts.keys()].sort();
  const from = days[0] as string;
  const to = days.at(-1) as string;
  const quotes = [...new Set([...facts.values()].flatMap((rates) => Object.keys(rates)))];
  const years = [...new Set(days.map((day) => day.slice(0, 4)))];
  const figures: unknown[] = [];

  describeOneDatabase('mysql', (open) => {
    let server: Server;
    let currencies: CurrencyService;
    beforeAll(async () => {
      server = await serveFrankfurter(facts);
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/rates`;
      const sources = createSources(readConfig({ RATES_SOURCE: 'frankfurter', RATES_URL: url }).sources);
      const { database } = await open();
      const report = await backfill({ database, sources, batchSize: 100, pauseMs: 0, from, to });
      await sources.close();
      expect(report).toEqual({ source: 'frankfurter', fetched: days.length, skipped: 0, heldBack: 0, missing: [] });
      currencies = new CurrencyService(new SnapshotCache(database).pinned());
    });
    afterAll(() => server.close());

    const yearsOf = (code: string, base: string) =>
      currencies.periods(code, { base, from, to, step: HistoryStep.YEAR });

    /** The figures straight from the facts; null where there is no rate that year. */
    const expected = (year: string, rateOn: (rates: Readonly<Record<string, number>>) => number) => {
      const inYear = days.filter((day) => day.startsWith(year)).map((day) => rateOn(facts.get(day) ?? {}));
      const rates = inYear.filter((rate) => !Number.isNaN(rate));
      return rates.length === 0 ? null : { rates, average: rates.reduce((sum, rate) => sum + rate, 0) / rates.length };
    };

    const compare = (periods: RatePeriod[], rateOn: (rates: Readonly<Record<string, number>>) => number) => {
      const byYear = new Map(periods.map((period) => [period.from.slice(0, 4), period]));
      for (const year of years) {
        const figure = expected(year, rateOn);
        const period = byYear.get(year);
        if (figure === null) {
          expect(period, year).toBeUndefined();
          continue;
        }
        expect(period?.observations, year).toBe(figure.rates.length);
        expect((period?.average as number) / figure.average, year).toBeCloseTo(1, 12);
        expect((period?.last as number) / (figure.rates.at(-1) as number), year).toBeCloseTo(1, 12);
        expect((period?.min as number) / Math.min(...figure.rates), year).toBeCloseTo(1, 12);
        expect((period?.max as number) / Math.max(...figure.rates), year).toBeCloseTo(1, 12);
      }
    };

    it('has the averages of every year, for each currency against the euro', async () => {
      for (const quote of quotes) {
        const periods = await yearsOf(quote, 'EUR');
        // The Bank has no rate of the lev since the euro replaced it.
        compare(periods, (rates) => rates[quote] ?? (quote === 'BGN' ? 1.95583 : Number.NaN));
        figures.push([quote, periods]);
      }
    });

    it('has those against the dollar and others, day by day', async () => {
      compare(await yearsOf('EUR', 'USD'), ({ USD = Number.NaN }) => 1 / USD);
      compare(await yearsOf('CHF', 'GBP'), ({ CHF = Number.NaN, GBP = Number.NaN }) => CHF / GBP);
      compare(await yearsOf('DEM', 'EUR'), () => 1.95583);
    });

    it('has every day as a point', async () => {
      const points = await currencies.history('CHF', { base: 'EUR', from, to, step: HistoryStep.DAY });
      expect(points.map(({ date }) => date)).toEqual(days);
    });
  });

  it('gives the same figures on every database, to the last digit', () => {
    expect(figures.length % quotes.length).toBe(0);
    for (const [at, figure] of figures.entries()) expect(figure).toEqual(figures[at % quotes.length]);
  });
});

/** Frankfurter v2, for the European Central Bank alone. */
async function serveFrankfurter(facts: EuroRates): Promise<Server> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const [from = '', to = ''] = [searchParams.get('from') ?? '', searchParams.get('to') ?? ''];
    const days = [...facts].filter(([day]) => day >= from && day <= to);
    const rows = days.flatMap(([date, { USD = 1, ...rates }]) => [
      { date, base: 'USD', quote: 'EUR', rate: 1 / USD },
      ...Object.entries(rates).map(([quote, rate]) => ({ date, base: 'USD', quote, rate: rate / USD })),
    ]);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Working days over the turn of the century, with a currency that begins late. */
function madeUp(): EuroRates {
  const facts = new Map<string, Record<string, number>>();
  const start: Record<string, number> = { USD: 1.18, GBP: 0.71, CHF: 1.61, JPY: 133.7, SEK: 9.4, AUD: 1.9, CAD: 1.8 };
  const others = { CZK: 35.1, DKK: 7.44, HUF: 251.5, ISK: 81.5, KRW: 1398, NOK: 8.8, NZD: 2.2, PLN: 4.07, SGD: 1.95 };
  for (let at = 0; at < 730; at++) {
    const date = new Date(Date.UTC(1999, 0, 4 + at));
    if (date.getUTCDay() % 6 === 0) continue;
    const wave = (rate: number, index: number) => Number((rate * (1 + 0.2 * Math.sin(at / 40 + index))).toPrecision(6));
    const rates = Object.entries({ ...start, ...others, ...(at > 400 && { ZAR: 6.9 }) });
    facts.set(
      date.toISOString().slice(0, 10),
      Object.fromEntries(rates.map(([code, rate], i) => [code, wave(rate, i)])),
    );
  }
  return facts;
}

function ecbFile(path: string): EuroRates {
  const [head = '', ...lines] = readFileSync(join(path, 'rates-history-eur-ecb.csv'), 'utf8').trim().split('\n');
  const [, ...codes] = head.split(',');
  return new Map(
    lines.map((line) => {
      const [day = '', ...cells] = line.split(',');
      const rates = codes.flatMap((code, at) => (cells[at] ? [[code, Number(cells[at])] as const] : []));
      return [day, Object.fromEntries(rates)];
    }),
  );
}
