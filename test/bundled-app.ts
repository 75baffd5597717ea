import { afterAll, beforeAll, expect } from 'vitest';
import { prepareNames } from '../src/countries/country-names.js';
import { startApp, type TestApp } from './app.js';
import type { TestDatabase } from './databases.js';

/** Answers of a server that serves the bundled data set. */
export interface BundledApp {
  /** The data; an error fails the test. */
  data(query: string): Promise<Record<string, unknown>>;
  /** The codes of the errors; a fault of the server fails the test. */
  codes(query: string, variables?: Record<string, unknown>): Promise<unknown[]>;
  app(): TestApp;
}

/** Starts a server with the bundled data set for the tests of one suite, and stops it after them. */
export function withBundledApp(open: () => Promise<TestDatabase>): BundledApp {
  let app: TestApp;
  beforeAll(async () => {
    const bundled = { COUNTRIES_SOURCE: 'bundled', RATES_SOURCE: 'bundled', GDP_URL: '' };
    app = await startApp((await open()).url, bundled);
    await app.context.services.refreshes.start().done;
    // On a busy machine the first look-up of a name could exceed the time of a query.
    await prepareNames();
  });
  afterAll(() => app.close());
  return {
    app: () => app,
    async data(query) {
      const { data, errors } = await app.post(query);
      expect(errors).toEqual([]);
      return data ?? {};
    },
    async codes(query, variables) {
      const { errors, status } = await app.post(query, variables);
      expect(status).toBeLessThan(500);
      return errors.map(({ extensions }) => extensions?.code);
    },
  };
}
