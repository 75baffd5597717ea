import { setTimeout as sleep } from 'node:timers/promises';
import type { GdpMethod } from '../countries/gdp.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../logger.js';
import { startWorker } from '../runtime.js';
import type { PictureStore } from './image-store.js';
import type { Summary } from './summary.js';

/** Makes a PNG of the summary. */
export type Render = (summary: Summary) => Promise<Uint8Array>;

/** What the summary shows of the last successful refresh. */
interface LastRefresh {
  id: string;
  startedAt: string;
  finishedAt: string | null;
  sources: { attribution: string; licence: string; bundled: boolean }[];
}

export interface SummaryServiceOptions {
  database: Database;
  pictures: PictureStore;
  lastRefresh: () => Promise<LastRefresh | null>;
  gdpMethod: GdpMethod;
  logger: Pick<Logger, 'warn'>;
  render?: Render | undefined;
}

/** A client waits this long for a picture before it gets the previous one. */
const CLIENT_WAITS_MS = 5_000;

/**
 * The summary picture. There is one for each version of the data; it is drawn when it is first asked for, whichever
 * process has written the data.
 */
export class SummaryService {
  readonly #options: SummaryServiceOptions;
  readonly #drawings = new Map<string, Promise<string>>();
  #last: { version: number; refresh: LastRefresh | null } | undefined;
  #lastPath: string | null = null;

  constructor(options: SummaryServiceOptions) {
    this.#options = options;
  }

  /** The file of the picture of what is stored now. Null before the first refresh. */
  async draw(): Promise<string | null> {
    const { database, pictures, lastRefresh } = this.#options;
    const version = await database.dataVersion.current();
    if (this.#last?.version !== version) this.#last = { version, refresh: await lastRefresh() };
    const { refresh } = this.#last;
    if (refresh === null) return null;
    // Of the refresh as well: another database has the same versions.
    const name = `${refresh.id}-${version}`;
    this.#lastPath = (await pictures.find(name)) ?? (await this.#drawOnce(name, refresh));
    return this.#lastPath;
  }

  /** The same for a client: it neither waits for long nor fails, but gets the last known picture, or none. */
  async picture(): Promise<string | null> {
    const drawn = this.draw().catch((err) => {
      this.#options.logger.warn({ err }, 'the summary picture could not be drawn');
      return this.#lastPath;
    });
    return Promise.race([drawn, sleep(CLIENT_WAITS_MS, undefined, { ref: false }).then(() => this.#lastPath)]);
  }

  #drawOnce(name: string, refresh: LastRefresh): Promise<string> {
    const drawing = this.#drawings.get(name) ?? this.#draw(name, refresh);
    this.#drawings.set(name, drawing);
    return drawing.finally(() => this.#drawings.delete(name));
  }

  async #draw(name: string, { startedAt, finishedAt, sources }: LastRefresh): Promise<string> {
    const { database, pictures, gdpMethod, render = renderInWorker } = this.#options;
    const png = await render({
      ...(await numbersOf(database)),
      refreshedAt: finishedAt ?? startedAt,
      sources: sources.map(shortCredit),
      bundled: sources.some((use) => use.bundled),
      gdpMethod,
    });
    return pictures.write(name, png);
  }
}

/** Draws in a worker thread, which ends with the picture, so that no query waits for it. */
export function renderInWorker(summary: Summary): Promise<Uint8Array> {
  const worker = startWorker('summary/draw.worker', summary);
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error('its thread ended without a picture')));
  });
}

/** The licences ask for a credit where the figures are shown. The picture has two lines for all of them. */
function shortCredit({ attribution, licence }: LastRefresh['sources'][number]): string {
  return `${attribution.split(/ \(|: |, from /, 1)[0]} (${licence})`;
}

const TOP = 5;

async function numbersOf({ kysely }: Database): Promise<Pick<Summary, 'countries' | 'currencies' | 'top'>> {
  const [countries, currencies, top] = await Promise.all([
    kysely
      .selectFrom('countries')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
    // An index lookup for each currency: counting the codes in the history would read all of it.
    kysely
      .selectFrom('currencies')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where((eb) =>
        eb.exists(
          eb.selectFrom('exchange_rates').select('currency_code').whereRef('currency_code', '=', 'currencies.code'),
        ),
      )
      .executeTakeFirstOrThrow(),
    kysely
      .selectFrom('countries')
      .select(['code', 'name', 'estimated_gdp as estimatedGdp'])
      .where('estimated_gdp', 'is not', null)
      .orderBy('estimated_gdp', 'desc')
      .orderBy('code')
      .limit(TOP)
      .execute(),
  ]);
  return {
    countries: Number(countries.count),
    currencies: Number(currencies.count),
    top: top.map((row) => ({ ...row, estimatedGdp: row.estimatedGdp ?? 0 })),
  };
}
