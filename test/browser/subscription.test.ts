import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../app.js';
import { createTestDatabase, type TestDatabase } from '../databases.js';
import { late } from '../upstream/faults.js';
import { CHROMIUM, startBrowser } from './chromium.js';

describe.runIf(CHROMIUM)('a page of the server in Chromium', () => {
  let app: TestApp;
  let testDatabase: TestDatabase;
  let browser: Browser;
  beforeAll(async () => {
    testDatabase = await createTestDatabase('sqlite');
    app = await startApp(testDatabase.url);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
    await testDatabase.remove();
  });

  it('sees the progress of a refresh grow to 1, and its completion', async () => {
    app.upstream.answer('restcountries-v3', late(300));
    const page = await browser.newPage();
    await page.goto(`${app.url}/graphql`, { waitUntil: 'domcontentloaded' });
    const seen = await page.evaluate<Seen>(WATCH);
    expect(seen.steps.length).toBeGreaterThan(3);
    expect(seen.steps).toEqual(seen.steps.toSorted((a, b) => a - b));
    expect(seen.steps.at(-1)).toBe(1);
    expect(seen).toMatchObject({ state: 'SUCCEEDED', completed: true });
  });
});

interface Seen {
  steps: number[];
  state: string;
  completed: boolean;
}

/** What a page does: subscribes by the graphql-transport-ws protocol, then starts a refresh. */
const WATCH = `new Promise((resolve, reject) => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
  const seen = { steps: [], state: '', completed: false };
  const query = 'subscription { refreshProgress { state progress } }';
  const refresh = JSON.stringify({ query: 'mutation { refreshCountries(input: { wait: false }) { id } }' });
  const handlers = {
    connection_ack() {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: refresh });
    },
    next({ data: { refreshProgress: { state, progress } } }) {
      seen.steps.push(progress);
      seen.state = state;
    },
    complete() {
      resolve({ ...seen, completed: true });
    },
    error: (errors) => reject(new Error(JSON.stringify(errors))),
  };
  socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(data);
    handlers[type]?.(payload);
  };
  socket.onerror = () => reject(new Error('no web socket'));
})`;
