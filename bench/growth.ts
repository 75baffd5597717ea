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
  peakMb: number;
  historyMs: number;
}

/** From here on fixed costs do not count. */
const FROM = 25_000;
/** What grows with each row would be 40 times as high at a million. */
const FLAT = 2;

/** Rates written by the writer of a refresh, each size in a new process; then a server is asked for a year of one. */
export const growthPart: Part<Growth[]> = {
  measure: ({ database, plan: { sizes } }) =>
    withFolder(async (folder) => {
      const urls: [string, (rows: number) => string][] = [['SQLite', (rows) => `sqlite:${join(folder, `${rows}.db`)}`]];
      if (database) urls.push(['MariaDB', () => database.url(database.port)]);
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
      chart: { file: 'growth', title: 'Writing rates: us a row', column: 2 },
      heads: ['rows', 'write, ms', 'us a row', 'most memory, MB', 'a year of one currency, ms'],
      rows: found.flatMap(({ database, points }) =>
        points.map((it) => [
          `${database}, ${it.rows.toLocaleString('en-US')}`,
          Math.round(it.writeMs),
          usPerRow(it),
          Math.round(it.peakMb),
          it.historyMs,
        ]),
      ),
    },
  ],
  floors: (found) => found.flatMap(floors),
};

async function grow(url: string, rows: number, folder: string): Promise<Point> {
  const writing = startMeasurable(new URL('growth-process.ts', import.meta.url), [url, String(rows)]);
  const written = await message<Pick<Point, 'writeMs' | 'peakMb'>>(writing.child, 'written');
  await writing.stop();
  const server = await startProduct({ ...bundled(folder), DATABASE_URL: url, ANSWER_CACHE_MB: '0' });
  const samples: number[] = [];
  for (let day = 10; day < 25; day++) {
    const begun = performance.now();
    const history = `history(from: "2000-01-${day}", to: "2000-12-31") { date rate }`;
    await query(server.url, { query: `{ currency(code: "CHF") { ${history} } }` });
    samples.push(performance.now() - begun);
  }
  await server.process.stop();
  return { rows, ...written, historyMs: summarise(samples).median };
}

function usPerRow({ writeMs, rows }: Point): number {
  return (writeMs * 1000) / rows;
}

function floors({ database, points }: Growth): Floor[] {
  const first = points.find(({ rows }) => rows >= FROM) ?? points[0];
  const last = points.at(-1);
  if (!first || !last) return [];
  const between = `with ${last.rows} rates to that with ${first.rows} (flat)`;
  return [
    atMost(FLAT, `${database}, time for each row ${between}`, usPerRow(last) / usPerRow(first)),
    atMost(FLAT, `${database}, most memory ${between}`, last.peakMb / first.peakMb),
  ];
}
