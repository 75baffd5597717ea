import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '../countries/country.snapshot.js';
import type { GdpMethod } from '../countries/gdp.js';
import type { SnapshotCache } from '../countries/snapshot-cache.js';
import type { Logger } from '../logger.js';
import { Figures, LICENCE_URLS } from '../provenance/credits.js';
import { isMostlyBundled } from '../provenance/data-source.js';
import type { DataSource } from '../provenance/provenance.type.js';
import { startWorker } from '../runtime.js';
import type { PictureStore } from './image-store.js';
import type { Span, Summary } from './summary.js';

/** Makes a PNG of the summary. */
export type Render = (summary: Summary) => Promise<Uint8Array>;

interface Picture {
  path: string;
  /** False for one of older data. */
  isCurrent: boolean;
}

interface SummaryServiceOptions {
  snapshots: Pick<SnapshotCache, 'current'>;
  pictures: PictureStore;
  gdpMethod: GdpMethod;
  logger: Pick<Logger, 'warn'>;
  render?: Render | undefined;
}

/** A client waits this long for a picture before it gets the previous one. */
const CLIENT_WAITS_MS = 5_000;

/**
 * The summary picture. There is one for each data version; it is drawn when it is first asked for, whichever process has
 * written the data.
 */
export class SummaryService {
  readonly #options: SummaryServiceOptions;
  readonly #drawings = new Map<string, Promise<string>>();
  #lastPath: string | null = null;

  constructor(options: SummaryServiceOptions) {
    this.#options = options;
  }

  /** The file of the picture of what is stored now. Null before the first refresh. */
  async draw(): Promise<string | null> {
    const { snapshots, pictures } = this.#options;
    const snapshot = await snapshots.current();
    const { version, lastRefresh } = snapshot;
    if (lastRefresh === null) return null;
    // The version alone would not do: another database has the same numbers.
    const name = `${lastRefresh.id}-${version}`;
    this.#lastPath = (await pictures.find(name)) ?? (await this.#drawOnce(name, snapshot, lastRefresh.finishedAt));
    return this.#lastPath;
  }

  /** The same for a client, which does not wait for long: it gets the previous picture, if any, when the drawing fails. */
  async picture(): Promise<Picture | null> {
    const drawn = this.draw().catch((err) => {
      this.#options.logger.warn({ err }, 'the summary picture could not be drawn');
    });
    const current = await Promise.race([drawn, sleep(CLIENT_WAITS_MS, undefined, { ref: false })]);
    const path = current === undefined ? this.#lastPath : current;
    return path === null ? null : { path, isCurrent: path === current };
  }

  #drawOnce(name: string, snapshot: Snapshot, refreshedAt: string): Promise<string> {
    const { pictures, gdpMethod, render = renderInWorker } = this.#options;
    const summary = { ...numbersOf(snapshot), ...creditsOf(snapshot), refreshedAt, gdpMethod };
    const drawing = this.#drawings.get(name) ?? render(summary).then((png) => pictures.write(name, png));
    this.#drawings.set(name, drawing);
    return drawing.finally(() => this.#drawings.delete(name));
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

const TOP = 5;

function numbersOf({ countries, currencies }: Snapshot): Pick<Summary, 'countries' | 'currencies' | 'top'> {
  const ranked = countries.flatMap(({ code, englishName: name, estimatedGdp, gdp }) =>
    estimatedGdp === null ? [] : [{ code, name, estimatedGdp, gdpYear: gdp.year }],
  );
  ranked.sort((a, b) => b.estimatedGdp - a.estimatedGdp || (a.code < b.code ? -1 : 1));
  const withRate = [...currencies.values()].filter(({ lastRate }) => lastRate !== null);
  return { countries: countries.length, currencies: withRate.length, top: ranked.slice(0, TOP) };
}

function creditsOf({ sources: served }: Snapshot): Pick<Summary, 'sources' | 'ratesObserved' | 'bundled'> {
  const sources = [...served.values()];
  return {
    // The licences ask for a credit where the figures are shown. The picture has two lines for all of them.
    sources: [...new Set(sources.filter(({ figures }) => figures !== Figures.REFERENCE).map(shortCredit))],
    ratesObserved: spanOf(sources.filter(({ figures }) => figures === Figures.RATES)),
    bundled: isMostlyBundled(served),
  };
}

function shortCredit({ attribution, licence }: DataSource): string {
  const [name] = attribution.split(/ \(|: |, from /, 1);
  return licence in LICENCE_URLS && !licence.startsWith('LicenseRef-') ? `${name} (${licence})` : `${name}`;
}

function spanOf(sources: DataSource[]): Span | null {
  const days = sources.flatMap(({ observedFrom, observedTo }) => [observedFrom, observedTo]);
  const known = days.filter((day) => day !== null).sort();
  const [from, to] = [known[0], known.at(-1)];
  return from === undefined || to === undefined ? null : { from, to };
}
