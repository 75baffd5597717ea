import { Cron } from 'croner';
import type { Logger } from '../logger.js';
import type { RefreshService } from './refresh.service.js';
import { ageOf } from './report.js';

/** Timers are limited to 24 days, and the clock may be set: the schedule is checked at least this often. */
const LONGEST_TIMER_MS = 60_000;
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
  #timer: NodeJS.Timeout | undefined;
  #next: Due | null = null;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#cron = cronOf(options.expression);
  }

  /** When the next refresh begins. Null when the expression matches no time in the future. */
  get nextAt(): Date | null {
    return this.#next?.at ?? this.#cron.nextRun();
  }

  start(): void {
    this.#next = dueAfter(this.#cron, this.#options.random);
    if (this.#next) this.#wait(this.#next);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(due: Due): void {
    const waitMs = due.at.getTime() - Date.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#wait(due), Math.min(waitMs, LONGEST_TIMER_MS)).unref();
      return;
    }
    // A failed refresh is logged by the service.
    this.#refresh(due).catch((err) => this.#options.logger.warn({ err }, 'the scheduled refresh did not begin'));
    this.start();
  }

  async #refresh({ intervalMs }: Due): Promise<void> {
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

/**
 * When the next refresh may begin at the earliest. Null when the expression matches no time in the future; `now` when
 * one is due: it is delayed at random, under way, or has failed.
 */
export function expectedRefresh(expression: string, lastRefreshedAt: string | null, now: Date): Date | null {
  const cron = cronOf(expression);
  // croner looks before the second that it is given.
  const [last] = cron.previousRuns(1, new Date(now.getTime() + 1000));
  const next = cron.nextRun(now);
  if (!last || !next) return next;
  const intervalMs = next.getTime() - last.getTime();
  const ageMs = ageOf(lastRefreshedAt, now.getTime());
  const isDone = ageMs !== null && ageMs - (now.getTime() - last.getTime()) < intervalMs / 2;
  return isDone ? next : now;
}

/** The next time of the expression, without the random delay. */
export function nextRun(expression: string | undefined): Date | null {
  return expression === undefined ? null : cronOf(expression).nextRun();
}

function cronOf(expression: string): Cron {
  return new Cron(expression, { timezone: 'UTC', paused: true });
}

interface Due {
  at: Date;
  /** From this time to the next, without the random delay. */
  intervalMs: number;
}

function dueAfter(cron: Cron, random: () => number): Due | null {
  const [first, second] = cron.nextRuns(2);
  if (!first) return null;
  const intervalMs = second ? second.getTime() - first.getTime() : Number.POSITIVE_INFINITY;
  const jitterMs = random() * Math.min(LONGEST_JITTER_MS, intervalMs / 10);
  return { at: new Date(first.getTime() + jitterMs), intervalMs };
}

/** Whether a refresh, for instance of a replica with the same schedule, is less than half an interval ago. */
export function isFresh(lastRefreshedAt: string | null, intervalMs: number, now = Date.now()): boolean {
  const ageMs = ageOf(lastRefreshedAt, now);
  return ageMs !== null && ageMs < intervalMs / 2;
}
