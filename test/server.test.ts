import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './app.js';
import { DeleteCountryDocument, RefreshCountriesDocument } from './client/generated/graphql.js';
import { createTestDatabase } from './databases.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp((await createTestDatabase('sqlite')).url);
});
afterAll(() => app.close());

describe('GET /countries/image', () => {
  it('is not found before the first refresh', async () => {
    const response = await fetch(`${app.url}/countries/image`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'Summary image not found' });
  });

  it('is a picture after it, which need not be sent twice', async () => {
    await app.query(RefreshCountriesDocument);
    await app.context.services.refreshes.drawn();
    const url = '/countries/image';
    const { headers, rawPayload } = await app.server.inject({ url });
    expect(headers['content-type']).toBe('image/png');
    expect(rawPayload.subarray(1, 4).toString()).toBe('PNG');

    const { etag, 'last-modified': lastModified } = headers;
    const sameTag = await app.server.inject({ url, headers: { 'if-none-match': etag } });
    expect(sameTag).toMatchObject({ statusCode: 304, payload: '' });
    const sameTime = await app.server.inject({ url, headers: { 'if-modified-since': lastModified } });
    expect(sameTime).toMatchObject({ statusCode: 304, payload: '' });
  });

  it('reports its size without being sent, and is sent in parts', async () => {
    const url = '/countries/image';
    const { rawPayload: whole } = await app.server.inject({ url });
    const head = await app.server.inject({ method: 'HEAD', url });
    expect(head).toMatchObject({ statusCode: 200, payload: '' });
    expect(head.headers['content-length']).toBe(String(whole.length));
    const part = await app.server.inject({ url, headers: { range: 'bytes=1-3' } });
    expect(part).toMatchObject({ statusCode: 206, payload: 'PNG' });
    const beyond = await app.server.inject({ url, headers: { range: `bytes=${whole.length}-` } });
    expect(beyond.statusCode).toBe(416);
  });
});

describe('GET /graphql', () => {
  it('shows Apollo Sandbox to a browser', async () => {
    const response = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toMatch(/sandbox/i);
    expect(page).toContain('GraphiQL at /graphiql');
  });

  it('answers queries, but runs no mutations', async () => {
    const ask = (query: string) => fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`);
    expect(await (await ask('{ status { version } }')).json()).toMatchObject({ data: { status: {} } });
    expect((await ask('mutation { deleteCountry(code: "CH") { code } }')).status).toBe(405);
  });
});

describe('the server', () => {
  it('is alive and ready', async () => {
    expect(await (await fetch(`${app.url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${app.url}/ready`)).json()).toEqual({ status: 'ready' });
  });

  it('gives every answer an id', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await fetch(`${app.url}/health`)).headers.get('x-request-id')),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('masks what does not concern a client', async () => {
    await app.context.database.kysely.schema.alterTable('exchange_rates').renameTo('mislaid').execute();
    const { errors, headers } = await app.post('{ currency(code: "CHF") { rate(on: "2026-09-01") { rate } } }');
    await app.context.database.kysely.schema.alterTable('mislaid').renameTo('exchange_rates').execute();
    expect(errors[0]?.message).toBe('Internal server error');
    expect(errors[0]?.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      requestId: headers.get('x-request-id'),
    });
  });

  it('is not ready without its database', async () => {
    const other = await startApp((await createTestDatabase('sqlite')).url);
    await other.context.database.close();
    const response = await fetch(`${other.url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'unavailable', servesStaleData: false });
    await other.close();
  });
});

describe('mutations', () => {
  it('need the token where one is set', async () => {
    const closed = await startApp((await createTestDatabase('sqlite')).url, { ADMIN_TOKEN: 'correct-horse' });
    const mutate = (headers: Record<string, string>) =>
      closed.post(DeleteCountryDocument.toString(), { code: 'CH' }, headers);
    for (const authorization of ['', 'Bearer wrong', 'Basic correct-horse', 'correct-horse']) {
      expect((await mutate({ authorization })).errors[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    }
    expect((await mutate({ authorization: 'Bearer correct-horse' })).errors[0]?.extensions?.code).toBe('NOT_FOUND');
    await closed.close();
  });

  it('are forbidden without a token on an address that others can reach', async () => {
    const open = await startApp((await createTestDatabase('sqlite')).url, { HOST: '0.0.0.0' });
    const { errors } = await open.post('mutation { refreshCountries { id } }');
    expect(errors[0]?.extensions?.code).toBe('FORBIDDEN');
    expect((await open.post('{ status { version } }')).errors).toEqual([]);
    await open.close();
  });
});
