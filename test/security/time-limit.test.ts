import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { connectDatabase } from '../../src/db/connect.js';
import { testDialects } from '../databases.js';
import { serve } from '../http/serve.js';

test('a query whose client hangs up is not run to its end', async () => {
  const { url, context } = await serve();
  const { countries } = context.services;
  const { find, inCurrencies } = countries;
  const query = new EventEmitter();
  const reached = once(query, 'reached');
  countries.find = async (...key) => {
    query.emit('reached');
    if (!client.signal.aborted) await once(query, 'go on');
    return find.apply(countries, key);
  };
  let read = 0;
  countries.inCurrencies = (codes) => {
    read += 1;
    return inCurrencies.call(countries, codes);
  };
  const client = new AbortController();
  const asked = ask(url, client.signal).catch(() => 'hung up');
  await reached;
  client.abort();
  expect(await asked).toBe('hung up');
  // Until the server has heard of it.
  await delay(200);
  query.emit('go on');
  await delay(200);
  expect(read).toBe(0);
  expect((await ask(url)).status).toBe(200);
  expect(read).toBe(1);
});

function ask(url: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ country(code: "CI") { currencies { countries { code } } } }' }),
    ...(signal && { signal }),
  });
}

/** A query that does not come back needs a database that can be made to wait for a lock. */
describe.runIf(testDialects.includes('mysql'))('a query that takes longer than QUERY_TIMEOUT', async () => {
  const { post, context } = await serve({ QUERY_TIMEOUT: '1' }, 'mysql');

  const whileLocked = async (use: () => Promise<void>) => {
    const other = await connectDatabase({ ...context.config.database, poolSize: 1, maxOverflow: 0 });
    await other.kysely.connection().execute(async (connection) => {
      await sql`lock tables countries write, country_currencies write`.execute(connection);
      await use();
      await sql`unlock tables`.execute(connection);
    });
    await other.close();
  };

  test('is answered in time, and the rest of it is not run', async () => {
    let read = 0;
    await whileLocked(async () => {
      const accept = 'application/graphql-response+json';
      const { status, errors } = await post(
        '{ country(code: "CI") { currencies { countries { code } } } }',
        {},
        { accept },
      );
      expect(status).toBe(503);
      expect(errors[0]).toMatchObject({
        message: 'The query took longer than 1 s (QUERY_TIMEOUT) and was cancelled',
        extensions: { code: 'QUERY_TOO_COMPLEX', limit: 'QUERY_TIMEOUT', allowed: 1 },
      });
      const { inCurrencies } = context.services.countries;
      context.services.countries.inCurrencies = (codes) => {
        read += 1;
        return inCurrencies.call(context.services.countries, codes);
      };
    });
    // What waited for the lock goes on now, and comes to the fields behind it.
    await delay(200);
    expect(read).toBe(0);
  });

  test('does not keep others from being answered', async () => {
    await whileLocked(async () => {
      const stuck = Promise.all(Array.from({ length: 20 }, () => post('{ countries { nodes { name } } }')));
      const { data } = await post('{ currency(code: "CHF") { code } }');
      expect(data).toEqual({ currency: { code: 'CHF' } });
      for (const { errors } of await stuck) {
        expect(errors[0]?.extensions).toMatchObject({ limit: 'QUERY_TIMEOUT' });
      }
    });
  });
});
