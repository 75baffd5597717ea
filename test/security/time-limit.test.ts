import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import { connectDatabase } from '../../src/db/connect.js';
import { testDialects } from '../databases.js';
import { serve } from '../http/serve.js';

const QUERY = '{ country(code: "CI") { currencies { history(from: "2026-09-01") { rate } } } }';

test('a query whose client hangs up is not run to its end', async () => {
  const { url, context } = await serve();
  const { snapshots } = context.services;
  const current = snapshots.current.bind(snapshots);
  const history = vi.spyOn(CurrencyService.prototype, 'history');
  const query = new EventEmitter();
  const reached = once(query, 'reached');
  snapshots.current = async () => {
    query.emit('reached');
    if (!client.signal.aborted) await once(query, 'go on');
    return current();
  };
  const client = new AbortController();
  const asked = ask(url, client.signal).catch(() => 'hung up');
  await reached;
  client.abort();
  expect(await asked).toBe('hung up');
  // Until the server has noticed.
  await delay(200);
  query.emit('go on');
  await delay(200);
  expect(history).not.toHaveBeenCalled();
  expect((await ask(url)).status).toBe(200);
  expect(history).toHaveBeenCalledOnce();
  history.mockRestore();
});

function ask(url: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
    ...(signal && { signal }),
  });
}

/** A query that does not return needs a database that can be made to wait for a lock. */
describe.runIf(testDialects.includes('mysql'))('a query that takes longer than QUERY_TIMEOUT', async () => {
  const { post, context } = await serve({ QUERY_TIMEOUT: '1' }, testDialects.includes('mysql') ? 'mysql' : 'sqlite');

  const whileLocked = async (table: string, use: () => Promise<void>) => {
    const other = await connectDatabase({ ...context.config.database, poolSize: 1, maxOverflow: 0 });
    await other.kysely.connection().execute(async (connection) => {
      await sql`lock tables ${sql.table(table)} write`.execute(connection);
      await use();
      await sql`unlock tables`.execute(connection);
    });
    await other.close();
  };

  test('is answered in time, and the rest of it is not run', async () => {
    const history = vi.spyOn(CurrencyService.prototype, 'history');
    const { database } = context;
    // A new data version: the countries have to be read again.
    await database.writeAtomically([database.kysely.deleteFrom('held_rates')]);
    await whileLocked('countries', async () => {
      const { status, errors } = await post(QUERY, {}, { accept: 'application/graphql-response+json' });
      expect(status).toBe(503);
      expect(errors[0]).toMatchObject({
        message: 'The query took longer than 1 s (QUERY_TIMEOUT) and was cancelled',
        extensions: { code: 'QUERY_TOO_COMPLEX', limit: 'QUERY_TIMEOUT', allowed: 1 },
      });
    });
    // What waited for the lock goes on now, and reaches the fields after it.
    await delay(200);
    expect(history).not.toHaveBeenCalled();
    history.mockRestore();
  });

  test('does not keep others from being answered', async () => {
    await whileLocked('exchange_rates', async () => {
      const stuck = Promise.all(
        Array.from({ length: 20 }, () =>
          post('{ currencies { history(from: "2026-09-01", to: "2026-09-30") { rate } } }'),
        ),
      );
      const { data } = await post('{ currency(code: "CHF") { code } }');
      expect(data).toEqual({ currency: { code: 'CHF' } });
      for (const { errors } of await stuck) {
        expect(errors[0]?.extensions).toMatchObject({ limit: 'QUERY_TIMEOUT' });
      }
    });
  });
});
