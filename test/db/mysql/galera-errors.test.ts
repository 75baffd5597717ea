import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../../src/errors.js';
import { createTestDatabase, type TestDatabase, testDialects } from '../../databases.js';

/** As a node raised them when it was cut off, or given too much to replicate. */
describe.runIf(testDialects.includes('mysql'))('errors of a node', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase('mysql');
  });
  afterAll(() => test.remove());

  it.each([
    [1047, '08S01', 'WSREP has not yet prepared node for application use'],
    [1105, 'HY000', 'Maximum writeset size exceeded'],
    [1180, 'HY000', 'Got error 90 "Message too long" during COMMIT'],
    // Group Replication's.
    [3101, 'HY000', 'Plugin instructed the server to rollback the current transaction.'],
  ])('%d are faults of the database', async (errno, state, message) => {
    const raise = sql`signal sqlstate ${sql.lit(state)} set mysql_errno = ${sql.lit(errno)}, message_text = ${sql.lit(message)}`;
    const failure = await raise.execute(test.database.kysely).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect((failure as Error).message).toContain(message);
  });
});
