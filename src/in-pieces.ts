import { setImmediate as turn } from 'node:timers/promises';

/** So long a query may have to wait for a piece of other work. */
const LONGEST_PIECE_MS = 0.5;

/**
 * What `work` makes of each item, in their order. It is done in pieces, each on a turn of the event loop of its own:
 * queries that come meanwhile go first.
 */
export async function inPieces<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  await turn();
  let begunAt = performance.now();
  for (const item of items) {
    if (performance.now() - begunAt > LONGEST_PIECE_MS) {
      await turn();
      begunAt = performance.now();
    }
    results.push(work(item));
  }
  return results;
}
