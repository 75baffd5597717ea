import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { countUp } from './data-version.js';
import type { Statements } from './database.js';
import type { SqlDialect } from './dialect.js';
import type { Tables } from './tables.js';

/** See Database.writeAtomically. This is the only place that executes statements. */
export async function writeAtomically(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  statements: Statements,
  onProgress?: (done: number) => void,
): Promise<void> {
  if (isEmpty(statements)) {
    return;
  }
  for (let retriesLeft = maxRetries; ; retriesLeft--) {
    try {
      return await writeOnce(kysely, statements, onProgress);
    } catch (error) {
      if (retriesLeft === 0 || !dialect.isConflict(error)) {
        throw error;
      }
      await delay(backOffMs(maxRetries - retriesLeft));
    }
  }
}

export const maxRetries = 5;

async function writeOnce(
  kysely: Kysely<Tables>,
  statements: Statements,
  onProgress?: (done: number) => void,
): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    let done = 0;
    for (const statement of statements) {
      await transaction.executeQuery(statement.compile());
      done += 1;
      onProgress?.(done);
      // SQLite answers before the event loop has turned: without this, a long write would hold up whatever else the
      // thread has to do, such as the signs of life of its refresh.
      await turn();
    }
    await transaction.executeQuery(countUp(kysely).compile());
  });
}

function isEmpty(statements: Statements): boolean {
  for (const _ of statements) return false;
  return true;
}

/** Random, so that two writers who met do not meet again: up to 50, 100, 200, 400 and 800 ms. */
export function backOffMs(attempt: number): number {
  return Math.random() * 50 * 2 ** attempt;
}
