import type { ExchangeRateRow } from '../db/tables.js';
import { believedBy, isPlausible } from './rate-policy.js';

/** What is known of one currency up to a day. */
interface Track {
  last: ExchangeRateRow;
  /** The first observation of all, as long as no other has agreed with it. */
  isAlone: boolean;
  /** A jump that the next observation may confirm. */
  candidate?: ExchangeRateRow;
}

/**
 * Decides which past observations are believed, by the rule of a refresh: a jump has to be seen twice. Because it also
 * sees what came afterwards, the first observation of a currency has to agree with another one as well.
 */
export class DayByDay {
  readonly #tracks = new Map<string, Track>();
  #dropped: ExchangeRateRow[] = [];

  /**
   * Takes the observations of a currency in the order of their days, and returns those that can be stored now: this one,
   * or earlier ones that it confirms. One that is stored already is believed.
   */
  observe(row: ExchangeRateRow, isStored = false): ExchangeRateRow[] {
    const track = this.#tracks.get(row.currency_code);
    if (!track) {
      this.#tracks.set(row.currency_code, { last: row, isAlone: !isStored });
      return [];
    }
    const { last, isAlone, candidate } = track;
    if ((candidate ?? last).observed_on >= row.observed_on) return [];
    const believed = believedBy(row, isStored ? undefined : last, candidate);
    const isBelieved = believed.length > 0;
    if (isAlone && isBelieved && isPlausible(row, last)) believed.unshift(last);
    this.#drop(candidate, isBelieved && isAlone ? last : undefined, believed);
    this.#tracks.set(row.currency_code, isBelieved ? { last: row, isAlone: false } : { ...track, candidate: row });
    return believed.filter((it) => it !== row || !isStored);
  }

  #drop(candidate: ExchangeRateRow | undefined, first: ExchangeRateRow | undefined, believed: ExchangeRateRow[]): void {
    for (const row of [candidate, first]) if (row && !believed.includes(row)) this.#dropped.push(row);
  }

  /** What turned out to be wrong since the last call. */
  takeDropped(): ExchangeRateRow[] {
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  /** First observations that there was nothing to compare with, and jumps that nothing has confirmed yet. */
  finish(): { believed: ExchangeRateRow[]; quarantined: ExchangeRateRow[] } {
    const tracks = [...this.#tracks.values()];
    return {
      believed: tracks.filter(({ isAlone }) => isAlone).map(({ last }) => last),
      quarantined: tracks.flatMap(({ candidate }) => candidate ?? []),
    };
  }
}
