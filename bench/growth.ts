import { join } from 'node:path';
import { bundled, message, query, startMeasurable, startProduct, withFolder } from './lib/process.js';
import { summarise } from './lib/statistics.js';
import { atMost, type Floor, type Part } from './part.js';

interface Growth {
  database: string;
  points: Point[];
}

interface Point {
  rows: number;
  writeMs: number;
  /** For each rate. */
  backfillUs: number;
  peakMb: number;
  /** Milliseconds, in the order of QUESTIONS. */
  answersMs: number[];
  serverMb: number;
}

/** From this many rows on, fixed costs do not matter. */
const FROM = 25_000;
/** What grows with each row would be 40 times as high at a million. */
const FLAT = 2;

/** The first four have the same answer in every table from FROM rows on, the others an observation for each day. */
const QUESTIONS: [what: string, query: (day: number) => string][] = [
  [
    'half a year of one',
    (day) => `currency(code: "CHF") { history(from: "1990-01-${day}", to: "1990-06-30") { rate } }`,
  ],
  ['change', (day) => `currency(code: "CHF") { change(from: "1990-01-${day}", to: "1990-06-${day}", base: "EUR") }`],
  ['convert on a day', (day) => `convert(from: "EUR", to: ["CHF", "JPY"], on: "1990-06-${day}") { result }`],
  ['a day of all', (day) => `currencies { rate(on: "1990-06-${day}") { rate } }`],
  ['all years by month', (day) => `currency(code: "CHF") { history(from: "1990-01-${day}", step: MONTH) { rate } }`],
  ['averages of years', (day) => `currency(code: "CHF") { periods(from: "1990-01-${day}", step: YEAR) { average } }`],
];
const SAME_ANSWER = 4;

/** Rates written by the writer of a refresh and by a backfill, each size in a new process; then a server is queried. */
export const growthPart: Part<Growth[]> = {
  measure: ({ database, plan: { sizes } }) =>
    withFolder(async (folder) => {
      const urls: [string, (rows: number) => string][] = [['SQLite', (rows) => `sqlite:${join(folder, `${rows}.db`)}`]];
      if (database) {
        const name = database.version.includes('MariaDB') ? 'MariaDB' : 'MySQL';
        urls.push([name, () => database.url(database.port)]);
      }
      const postgres = database?.postgres;
      if (postgres) urls.push(['PostgreSQL', () => postgres.url(postgres.port)]);
      const growths: Growth[] = [];
      for (const [name, url] of urls) {
        const points: Point[] = [];
        for (const rows of sizes) points.push(await grow(url(rows), rows, folder));
        growths.push({ database: name, points });
      }
      return growths;
    }),
  sections: (found) => [
    {
      title: 'Growth',
      chart: { file: 'growth', title: 'Writing rates: us a row', column: 1 },
      heads: ['rows', 'write, us a row', 'backfill, us a row', 'most memory, MB'],
      rows: rowsOf(found, (it) => [usPerRow(it), it.backfillUs, Math.round(it.peakMb)]),
    },
    {
      title: 'Questions to a growing history',
      intro: 'In milliseconds, with the cache off. The first four have the same answer in each table.',
      heads: ['rows', ...QUESTIONS.map(([what]) => what), 'memory of the server, MB'],
      rows: rowsOf(found, (it) => [...it.answersMs, Math.round(it.serverMb)]),
    },
  ],
  floors: (found) => found.flatMap(floors),
};

function rowsOf(found: readonly Growth[], cells: (point: Point) => number[]) {
  return found.flatMap(({ database, points }) =>
    points.map((it) => [`${database}, ${it.rows.toLocaleString('en-US')}`, ...cells(it)]),
  );
}

async function grow(url: string, rows: number, folder: string): Promise<Point> {
  const writing = startMeasurable(new URL('growth-process.ts', import.meta.url), [url, String(rows)]);
  const written = await message<Pick<Point, 'writeMs' | 'backfillUs' | 'peakMb'>>(writing.child, 'written');
  await writing.stop();
  const server = await startProduct({ ...bundled(folder), DATABASE_URL: url, ANSWER_CACHE_MB: '0' });
  const answersMs: number[] = [];
  for (const [, ask] of QUESTIONS) {
    const samples: number[] = [];
    for (let day = 10; day < 25; day++) {
      const begun = performance.now();
      await query(server.url, { query: `{ ${ask(day)} }` });
      samples.push(performance.now() - begun);
    }
    answersMs.push(summarise(samples).median);
  }
  const { rssMb } = await server.process.usage();
  await server.process.stop();
  return { rows, ...written, answersMs, serverMb: rssMb };
}

function usPerRow({ writeMs, rows }: Point): number {
  return (writeMs * 1000) / rows;
}

function floors({ database, points }: Growth): Floor[] {
  const first = points.find(({ rows }) => rows >= FROM) ?? points[0];
  const last = points.at(-1);
  if (!first || !last) return [];
  const flat = (what: string, figure: (point: Point) => number | undefined) => {
    const between = `with ${last.rows} rates to that with ${first.rows} (flat)`;
    return atMost(
      FLAT,
      `${database}, ${what} ${between}`,
      (figure(last) ?? Number.NaN) / (figure(first) ?? Number.NaN),
    );
  };
  return [
    flat('time for each row', usPerRow),
    flat('time for each row of a backfill', (it) => it.backfillUs),
    flat('most memory', (it) => it.peakMb),
    flat('memory of the server', (it) => it.serverMb),
    ...QUESTIONS.slice(0, SAME_ANSWER).map(([what], at) =>
      flat(`time of the query "${what}"`, (it) => it.answersMs[at]),
    ),
  ];
}
