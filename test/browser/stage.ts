import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { settings } from '../app.js';
import { bundledDatabase } from '../bundled.js';
import { createClient } from '../client/client.js';
import { createTestDatabase } from '../databases.js';
import { rateRow } from '../db/rows.js';
import september from '../fixtures/september-2026.json' with { type: 'json' };
import { Program } from '../program.js';
import { program } from '../programs.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { startBrowser } from './chromium.js';

export const TOKEN = 'of-the-browser-7f3a9c51d2e8';

export interface Stage {
  origin: string;
  upstream: Upstream;
  /** A new window on a view, open for one test; whatever goes wrong in it fails the test. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the API says about its data. */
  isBundled(): Promise<boolean>;
  stopServer(signal?: NodeJS.Signals): Promise<unknown>;
  /** At the same address. */
  startServer(): Promise<void>;
}

/**
 * The built program, with the bundled data set or what a test made of it, and the rates of September 2026; and a browser.
 * Stopped after the tests.
 */
export function withStage(data?: Parameters<typeof bundledDatabase>[1]): () => Stage {
  let stage: Stage;
  const closing: (() => Promise<unknown>)[] = [];
  const troubles: string[] = [];
  const windows: BrowserContext[] = [];
  beforeAll(async () => {
    const { database, url, remove } = await createTestDatabase('sqlite');
    await bundledDatabase(database, data);
    const rows = Object.entries(september.days).flatMap(([day, rates]) =>
      Object.entries(rates).map(([code, rate]) => rateRow(code, rate, day)),
    );
    await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100));
    const upstream = await startUpstream();
    const folder = await mkdtemp(join(inject('testFolder'), 'page-'));
    const env = settings(upstream, url, {
      CACHE_DIR: folder,
      REFRESH_ON_START: 'never',
      ADMIN_TOKEN: TOKEN,
    });
    const start = (port: string) => new Program(program('index'), [], { ...env, PORT: port, LOG_LEVEL: 'info' });
    const addressOf = async (started: Program) => (await started.logged(/http:\/\/127\.0\.0\.1:\d+/))[0];
    let server = start('0');
    let isStopped = false;
    const origin = await addressOf(server);
    const browser = await startBrowser();
    closing.push(
      () => browser.close(),
      () => server.stop(),
      () => upstream.close(),
      remove,
    );
    const open = async (path: string, options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, ...options });
      // As without a network: this server is all there is. Intercepted requests would bypass the browser's cache.
      context.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        if (/^http/.test(protocol) && host !== new URL(origin).host) troubles.push(`request to ${request.url()}`);
      });
      windows.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => troubles.push(`${path}: ${error.stack}`));
      page.on('console', (message) => {
        if (isStopped && message.text().includes('ERR_CONNECTION_REFUSED')) return;
        if (message.text().includes('ERR_INTERNET_DISCONNECTED')) return;
        if (['error', 'warning'].includes(message.type())) troubles.push(`${path}: ${message.text()}`);
      });
      await page.goto(`${origin}${path}`);
      return page;
    };
    const isBundled = async () => {
      const { data } = await createClient(`${origin}/graphql`).post('{ status { bundled } }');
      return (data as { status: { bundled: boolean } }).status.bundled;
    };
    const stopServer = (signal?: NodeJS.Signals) => {
      isStopped = true;
      return server.stop(signal);
    };
    const startServer = async () => {
      server = start(new URL(origin).port);
      await addressOf(server);
      isStopped = false;
    };
    stage = { origin, upstream, open, isBundled, stopServer, startServer };
  });
  afterEach(async () => {
    // A window left open would slow down the tests after it.
    await Promise.all(windows.splice(0).map((it) => it.close()));
    expect(troubles.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
  return () => stage;
}
