import { setTimeout as delay } from 'node:timers/promises';
import type { CompiledQuery, Kysely } from 'kysely';
import { countUp } from './data-version.js';
import type { Statement } from './database.js';
import type { SqlDialect } from './dialect.js';
import type { Tables } from './tables.js';

/** See Database.writeAtomically. This is the only place that executes statements. */
export async function writeAtomically(
  kysely: Kysely<Tables>,
  dialect: SqlDialect,
  statements: readonly Statement[],
  onProgress?: (done: number) => void,
): Promise<void> {
  if (statements.length === 0) {
    return;
  }
  const queries = statements.map((statement) => statement.compile());
  for (let retriesLeft = maxRetries; ; retriesLeft--) {
    try {
      return await writeOnce(kysely, queries, onProgress);
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
  queries: readonly CompiledQuery[],
  onProgress?: (done: number) => void,
): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    for (const [index, query] of queries.entries()) {
      await transaction.executeQuery(query);
      onProgress?.(index + 1);
    }
    await transaction.executeQuery(countUp(kysely).compile());
  });
}

/** Random, so that two writers who met do not meet again: up to 50, 100, 200, 400 and 800 ms. */
export function backOffMs(attempt: number): number {
  return Math.random() * 50 * 2 ** attempt;
}
