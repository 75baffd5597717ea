import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import type { Environment } from '../../src/env.js';
import { startApp, type TestApp } from '../app.js';
import { createEmptyDatabase, type DialectName } from '../databases.js';

export interface Served extends TestApp {
  port: number;
}

/** A server with these settings on a database of its own that holds the bundled data set; closed after the tests. */
export async function serve(env: Environment = {}, dialect: DialectName = 'sqlite'): Promise<Served> {
  const { url, drop } = await createEmptyDatabase(dialect);
  const app = await startApp(url, {
    COUNTRIES_SOURCE: 'bundled',
    COUNTRIES_URL: '',
    RATES_SOURCE: 'bundled',
    RATES_URL: '',
    GDP_URL: '',
    ...env,
  });
  await app.context.services.refreshes.start().done;
  await app.context.services.refreshes.drawn();
  afterAll(async () => {
    await app.close();
    await drop();
  });
  return { ...app, port: (app.server.server.address() as AddressInfo).port };
}
