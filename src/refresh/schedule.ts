import { setTimeout as sleep } from 'node:timers/promises';
import { Cron } from 'croner';
import type { Logger } from '../logger.js';
import type { RefreshService } from './refresh.service.js';

/** Spreads the requests of servers with the same schedule. */
const LONGEST_JITTER_MS = 5 * 60_000;

export interface ScheduleOptions {
  /** A cron expression, in UTC. */
  expression: string;
  refreshes: RefreshService;
  logger: Logger;
  /** From 0 up to 1. */
  random: () => number;
}

/** Refreshes at the times of a cron expression, each with a random delay. */
export class RefreshSchedule {
  readonly #options: ScheduleOptions;
  readonly #cron: Cron;
  readonly #stop = new AbortController();
  #jitterMs = 0;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    // A timer of croner looks at the clock every 30 seconds, so that it may be set.
    this.#cron = cronOf(options.expression, () => this.#refresh());
  }

  /** When the next refresh begins. Null when the expression matches no time in the future. */
  get nextAt(): Date | null {
    const next = this.#cron.nextRun();
    return next && new Date(next.getTime() + this.#jitterMs);
  }

  start(): void {
    this.#jitterMs = this.#options.random() * Math.min(LONGEST_JITTER_MS, intervalMsOf(this.#cron) / 10);
    this.#cron.resume();
  }

  stop(): void {
    this.#cron.stop();
    this.#stop.abort();
  }

  async #refresh(): Promise<void> {
    const { logger } = this.#options;
    const intervalMs = intervalMsOf(this.#cron);
    const options = { signal: this.#stop.signal, ref: false };
    try {
      await sleep(this.#jitterMs, undefined, options);
      await this.#refreshUnlessFresh(intervalMs);
    } catch (err) {
      if (!options.signal.aborted) logger.warn({ err }, 'the scheduled refresh did not begin');
    }
  }

  async #refreshUnlessFresh(intervalMs: number): Promise<void> {
    const { refreshes, logger } = this.#options;
    const last = await refreshes.reports.lastSuccess();
    const isBundled = last?.sources.some((use) => use.bundled) ?? true;
    if (!isBundled && isFresh(last?.finishedAt ?? null, intervalMs)) {
      logger.info({ lastRefreshedAt: last?.finishedAt }, 'scheduled refresh skipped: the data are fresh');
    } else {
      await refreshes.start({ startedBy: 'schedule' }).ready;
    }
  }
}

/** The next time of the expression, without the random delay. */
export function nextRun(expression: string | undefined): Date | null {
  return expression === undefined ? null : cronOf(expression).nextRun();
}

function cronOf(expression: string, run: () => Promise<void> = async () => undefined): Cron {
  return new Cron(expression, { timezone: 'UTC', paused: true, unref: true }, run);
}

function intervalMsOf(cron: Cron): number {
  const [first, second] = cron.nextRuns(2);
  return first && second ? second.getTime() - first.getTime() : Number.POSITIVE_INFINITY;
}

/** Whether a refresh, for instance of a replica with the same schedule, is less than half an interval ago. */
export function isFresh(lastRefreshedAt: string | null, intervalMs: number, now = Date.now()): boolean {
  if (lastRefreshedAt === null) return false;
  const ageMs = now - Date.parse(lastRefreshedAt);
  return ageMs >= 0 && ageMs < intervalMs / 2;
}
