import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { startApp } from '../app.js';
import { createTestDatabase, mostServerDialects } from '../databases.js';
import { sessionsOf } from '../db/sessions.js';
import { silence, status } from '../upstream/faults.js';
import { serve } from './serve.js';

const scrape = async (url: string) => (await fetch(`${url}/metrics`)).text();

describe('/metrics', async () => {
  const { url, post } = await serve();

  test('has the state of the data in the first scrape', async () => {
    const text = await scrape(url);
    expect(text).toMatch(/^country_exchange_countries 250$/m);
    expect(text).toMatch(/^country_exchange_last_refresh_timestamp_seconds \d{10}/m);
  });

  test('counts requests, their durations, errors by code, and answers from the cache', async () => {
    for (let times = 0; times < 2; times += 1) await post('{ country(code: "CI") { code } }');
    await post('{ nothing }');
    // An answer is counted once it is sent.
    await expect.poll(() => scrape(url)).toMatch(/http_requests_total\{route="\/graphql",status="200"\} 3/);
    const text = await scrape(url);
    expect(text).toMatch(/http_request_duration_seconds_count\{route="\/graphql"\} 3/);
    expect(text).toMatch(/graphql_errors_total\{code="GRAPHQL_VALIDATION_FAILED"\} 1/);
    expect(text).toMatch(/answer_cache_total\{result="hit"\} 1/);
    expect(text).toMatch(/answer_cache_total\{result="miss"\} 1/);
  });

  test('describes the data, the refreshes and the process', async () => {
    await post('mutation { refreshCountries { id } }');
    const text = await scrape(url);
    expect(text).toMatch(/^country_exchange_countries 250$/m);
    expect(text).toMatch(/^country_exchange_bundled 1$/m);
    expect(text).toMatch(/^country_exchange_refresh_running 0$/m);
    expect(text).toMatch(/^country_exchange_refreshes_total\{state="SUCCEEDED"\} 2$/m);
    expect(text).toMatch(/refresh_phase_duration_seconds\{phase="STORE"\} [\d.]+$/m);
    expect(text).toMatch(/^country_exchange_refresh_phases_total\{phase="STORE",state="DONE"\} 2$/m);
    expect(text).toMatch(/^country_exchange_refresh_rows_total\{outcome="inserted"\} 250$/m);
    expect(text).toMatch(/^country_exchange_refresh_rows_total\{outcome="unchanged"\} 250$/m);
    expect(text).toMatch(/source_observed_timestamp_seconds\{provides="RATES",source="[^"]+"\} \d{10}$/m);
    expect(text).toMatch(/^country_exchange_last_refresh_timestamp_seconds \d{10}/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).not.toMatch(/^country_exchange_database_(connections|waiting)/m);
  });

  test('counts no dry runs', async () => {
    await post('mutation { refreshCountries(input: { dryRun: true }) { id } }');
    expect(await scrape(url)).toMatch(/^country_exchange_refreshes_total\{state="SUCCEEDED"\} 2$/m);
  });

  test('are for this machine and private networks only, or for the bearer of METRICS_TOKEN', async () => {
    const { url: proxied } = await serve({ TRUSTED_PROXIES: 'loopback' });
    const from = (address: string) => fetch(`${proxied}/metrics`, { headers: { 'x-forwarded-for': address } });
    expect((await from('10.1.2.3')).status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(403);
    const { url: guarded } = await serve({ METRICS_TOKEN: 'scrape-me' });
    const bearing = (authorization: string) => fetch(`${guarded}/metrics`, { headers: { authorization } });
    expect((await bearing('')).status).toBe(403);
    expect((await bearing('Bearer scrape-me')).status).toBe(200);
  });
});

test('/metrics still works without the database, and says that it is gone', async () => {
  const { url, context } = await serve();
  expect(await scrape(url)).toMatch(/^country_exchange_database_up 1$/m);
  await context.database.close();
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(text).toMatch(/^country_exchange_database_up 0$/m);
  expect(text).toMatch(/^country_exchange_http_requests_total/m);
  expect(text).not.toMatch(/^country_exchange_(countries|last_refresh|source_observed|bundled)\S* /m);
});

test('/metrics counts refreshes that failed or were cancelled, and says in which phase', async () => {
  const app = await startApp((await createTestDatabase('sqlite')).url);
  const { url, upstream, post } = app;
  const ended = (state: string, count: number) =>
    expect.poll(() => scrape(url)).toMatch(new RegExp(`refreshes_total\\{state="${state}"\\} ${count}$`, 'm'));
  await ended('FAILED', 0);
  await ended('CANCELLED', 0);
  await post('mutation { refreshCountries { id } }');
  upstream.answer('restcountries-v3', status(404));
  await post('mutation { refreshCountries { id } }');
  await ended('FAILED', 1);
  expect(await scrape(url)).toMatch(/refresh_phases_total\{phase="FETCH_COUNTRIES",state="FAILED"\} 1$/m);
  expect(await scrape(url)).toMatch(/refresh_phases_total\{phase="STORE",state="SKIPPED"\} 1$/m);
  upstream.answer('restcountries-v3', silence());
  const { id } = await app.context.services.refreshes.start().ready;
  await post(`mutation { cancelRefresh(id: "${id}") { state } }`);
  await ended('CANCELLED', 1);
  await app.close();
});

describe.each(mostServerDialects)('/metrics on %s', async (dialect) => {
  const { url, context } = await serve({ DATABASE_POOL_SIZE: '2', DATABASE_MAX_OVERFLOW: '1' }, dialect);

  const connections = async () => {
    const text = await scrape(url);
    const figure = (name: string) =>
      Number(new RegExp(`^country_exchange_database_${name} (\\d+)$`, 'm').exec(text)?.[1]);
    return {
      inUse: figure('connections\\{state="in_use"\\}'),
      idle: figure('connections\\{state="idle"\\}'),
      waiting: figure('waiting'),
      kept: figure('connections_limit\\{limit="kept"\\}'),
      most: figure('connections_limit\\{limit="most"\\}'),
    };
  };

  test('shows the connections in use and idle, the callers that wait for one, and the limits', async () => {
    const limits = { kept: 2, most: 3 };
    // Now and then the server looks for a new data version, with a connection or waiting for one.
    await expect.poll(connections).toMatchObject({ ...limits, inUse: 0, waiting: 0 });
    const slow = sql`select ${sessionsOf(context.database).wait(1)} as waited`;
    const queries = Array.from({ length: 5 }, () => slow.execute(context.database.kysely));
    await expect
      .poll(() => context.database.poolState(), { interval: 10 })
      .toEqual({ inUse: 3, idle: 0, waiting: expect.toSatisfy((waiting) => waiting === 2 || waiting === 3) });
    await Promise.all(queries);
    await expect.poll(connections).toEqual({ ...limits, inUse: 0, idle: 3, waiting: 0 });
  });
});

describe('what the dashboard and the alert rules ask for', async () => {
  const { url, post } = await serve({}, mostServerDialects[0]);
  await post('{ nothing }');
  const known = new Set([...(await scrape(url)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));

  test.each(['grafana/country-exchange.json', 'alerts.yaml'])('deploy/%s is in /metrics', async (file) => {
    const text = await readFile(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
    const asked = [...text.matchAll(/\b(?:country_exchange|nodejs|process)_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  test('each alert is explained in docs/operations.md', async () => {
    const [rules, docs] = await Promise.all(
      ['deploy/alerts.yaml', 'docs/operations.md'].map((file) =>
        readFile(new URL(`../../${file}`, import.meta.url), 'utf8'),
      ),
    );
    const alerts = [...(rules ?? '').matchAll(/- alert: (\w+)/g)].map(([, name]) => name as string);
    const explained = [...(docs ?? '').matchAll(/\bCountryExchange\w+/g)].map(([name]) => name);
    expect(alerts.length).toBeGreaterThan(5);
    expect(new Set(explained)).toEqual(new Set(alerts));
  });
});
