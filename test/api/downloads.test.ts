import Papa from 'papaparse';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/days.js';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';
import { rateRow } from '../db/rows.js';

type Cells = Record<string, unknown>;

const HOSTILE: Record<string, string> = {
  AD: '=HYPERLINK("http://evil.example","Andorra")',
  AE: '+1+1',
  AF: '-2+3',
  AG: '@SUM(A1)',
  AI: 'Quoted "name", with a comma',
  AL: 'Two\nlines',
  AM: "Côte d'Արմենիա 🏔",
  AO: '＝1+1',
  AQ: '# Not a credit',
};

const COUNTRIES = `{ countries { nodes {
  code alpha3 numeric name officialName capitals region subregion population areaKm2 latitude longitude landlocked
  independent unMember languages { code } borders { code } timezones topLevelDomains currencies { code }
  currency { code } exchangeRate estimatedGdp gdp { method perCapita year reason coverage } source { name }
  lastRefreshedAt
} } }`;

/** As a spreadsheet has to get it: nothing that begins like a formula. */
function csvCell(value: unknown): string {
  if (value === null) return '';
  const text = Array.isArray(value) ? value.join('|') : String(value);
  return typeof value !== 'number' && /^[=+\-@＝]/.test(text) ? `'${text}` : text;
}

describeMostDatabases((open) => {
  const { data, app } = withBundledApp(open);

  const days = Array.from({ length: 2_500 }, (_, at) => addDays('2019-01-01', at));
  beforeAll(async () => {
    const { database } = app().context;
    const rows = days.flatMap((day, at) => [
      { ...rateRow('EUR', 0.8 + at / 10_000, day), source: 'frankfurter' },
      ...(at % 3 === 0 ? [rateRow('JPY', 100 + at / 100, day)] : []),
    ]);
    const names = Object.entries(HOSTILE).map(([code, name]) =>
      database.kysely.updateTable('countries').set({ name }).where('code', '=', code),
    );
    const rates = database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 500);
    const unrated = database.kysely.deleteFrom('exchange_rates').where('currency_code', '=', 'CUC');
    await database.writeAtomically([...rates, ...names, unrated]);
  });

  const get = async (path: string) => {
    const response = await fetch(`${app().url}/data/${path}`);
    expect(response.status, path).toBe(200);
    return response;
  };
  const json = async (path: string) => (await (await get(path)).json()) as { rows: Cells[]; sources: Cells[] };
  /** Read by a parser that has nothing to do with what wrote it. */
  const csv = async (path: string) => {
    // This decodes as UTF-8, and removes the byte order mark.
    const { data: rows, errors } = Papa.parse<string[]>((await (await get(path)).text()).replace(/\r\n$/, ''));
    expect(errors).toEqual([]);
    const [columns = [], ...records] = rows;
    for (const record of rows) expect(record).toHaveLength(columns.length);
    const end = records.findIndex(([first]) => /^# (Source|Licence): /.test(first as string));
    return { columns, records: records.slice(0, end), credits: records.slice(end).map(([first]) => first as string) };
  };
  const expectBoth = async (path: (format: string) => string, expected: readonly Cells[]) => {
    expect(expected.length).toBeGreaterThan(0);
    const { rows } = await json(path('json'));
    expect(rows).toEqual(expected);
    const { columns, records } = await csv(path('csv'));
    expect(columns).toEqual(Object.keys(rows[0] as Cells));
    expect(records).toEqual(expected.map((row) => columns.map((name) => csvCell(row[name]))));
    return rows;
  };

  it('all countries are what the API answers', async () => {
    const { nodes } = (await data(COUNTRIES)).countries as { nodes: Cells[] };
    const codes = (list: unknown) => (list as { code: string }[]).map(({ code }) => code);
    const expected = nodes.map(({ gdp, currency, source, ...node }) => {
      const { method, perCapita, year, reason, coverage } = gdp as Cells;
      return {
        ...node,
        languages: codes(node.languages),
        borders: codes(node.borders),
        currencies: codes(node.currencies),
        currency: (currency as { code: string } | null)?.code ?? null,
        exchangeRateDate: node.exchangeRate === null ? null : '2026-09-29',
        gdpMethod: method,
        gdpPerCapita: perCapita,
        gdpYear: year,
        gdpReason: reason,
        gdpCoverage: coverage,
        source: (source as { name: string }).name,
      };
    });
    const rows = await expectBoth((format) => `countries.${format}`, expected);
    expect(rows).toHaveLength(250);
    const names = Object.fromEntries(rows.map(({ code, name }) => [code, name]));
    expect(names).toMatchObject(HOSTILE);
  });

  it.each([
    ['', ''],
    ['?base=EUR', '(base: "EUR")'],
    ['?base=chf&on=2021-03-04', '(base: "CHF", on: "2021-03-04")'],
    ['?base=EUR&on=2021-03-05', '(base: "EUR", on: "2021-03-05")'],
    // For a future day, the latest.
    ['?on=2999-01-01', '(on: "2999-01-01")'],
  ])('the rates %s are what the API answers', async (search, args) => {
    const query = `{ currencies { name rate${args} { base quote rate date sources { name } } } }`;
    const { currencies } = (await data(query)) as { currencies: { name: string; rate: Cells | null }[] };
    const expected = currencies.flatMap(({ name, rate }) => {
      if (!rate) return [];
      return [{ ...rate, name, sources: (rate.sources as { name: string }[]).map((it) => it.name) }];
    });
    if (search.includes('chf')) {
      const response = await fetch(`${app().url}/data/rates.csv${search}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'RATE_UNAVAILABLE' });
      expect(expected).toEqual([]);
    } else {
      await expectBoth((format) => `rates.${format}${search}`, expected);
    }
  });

  describe.each(['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'])('a history by %s', (step) => {
    it.each([
      ['EUR', { from: '2019-01-01' }],
      ['EUR', { from: '0001-01-01', to: '9999-12-31' }],
      ['EUR', { from: '2020-02-13', to: '2024-12-30' }],
      ['JPY', { from: '2018-05-17', base: 'EUR' }],
      ['USD', { from: '2019-12-31', to: '2023-01-01', base: 'JPY' }],
      ['DEM', { from: '2021-06-06' }],
      ['EUR', { from: '2021-06-06', base: 'EUR' }],
    ])('of %s with %j is what the API answers', async (code, range: { from: string; to?: string; base?: string }) => {
      const { base = 'USD' } = range;
      const args = Object.entries({ ...range, step }).map(([name, value]) =>
        name === 'step' ? `${name}: ${value}` : `${name}: "${value}"`,
      );
      const field =
        step === 'DAY'
          ? `history(${args}) { base quote date rate }`
          : `periods(${args}) { from to last average min max observations }`;
      const { currency } = (await data(`{ currency(code: "${code}") { points: ${field} } }`)) as {
        currency: { points: Cells[] };
      };
      const expected = currency.points.map((point) => ({ base, quote: code, ...point }));
      const search = new URLSearchParams({ ...range, step });
      await expectBoth((format) => `history/${code}.${format}?${search}`, expected);
    });
  });

  it('a history without a span is the whole history', async () => {
    const { rows, sources } = await json('history/eur.json');
    expect(rows.map(({ date }) => date)).toEqual([...days, '2026-09-29']);
    expect(sources.map(({ name }) => name)).toEqual(['currency-api', 'frankfurter']);
    expect((await json('history/EUR.json?from=2026-01-01&to=2026-06-30')).rows).toEqual([]);
    expect((await csv('history/EUR.csv?from=2026-01-01&to=2026-06-30')).records).toEqual([]);
    expect((await json('history/CUC.json')).rows).toEqual([]);
  });

  describe('the attribution', () => {
    it('is in the last rows of a CSV file, which have as many columns as the others', async () => {
      const { credits } = await csv('countries.csv');
      const { status } = (await data('{ status { sources { attribution licence } licence { notice } } }')) as {
        status: { sources: { attribution: string; licence: string }[]; licence: { notice: string } };
      };
      for (const { attribution, licence } of status.sources) {
        expect(credits.some((line) => line.includes(attribution) && line.includes(licence))).toBe(true);
      }
      expect(credits.at(-1)).toBe(`# Licence: ${status.licence.notice}`);
    });

    it('is in the header and in the JSON file', async () => {
      const query = '{ status { sources { name attribution licence licenceUrl } licence { id notice } } }';
      const { status } = (await data(query)) as { status: { sources: Cells[]; licence: Cells } };
      const response = await get('countries.json');
      expect(await response.json()).toMatchObject(status);
      for (const { attribution, licenceUrl } of status.sources) {
        expect(response.headers.get('x-attribution')).toContain(attribution);
        expect(response.headers.get('link')).toContain(`<${licenceUrl}>; rel="license"`);
      }
    });

    it('names only the sources of the days in a history', async () => {
      const { credits } = await csv('history/EUR.csv?to=2020-12-31');
      expect(credits).toEqual([expect.stringContaining('Frankfurter')]);
    });
  });
});
