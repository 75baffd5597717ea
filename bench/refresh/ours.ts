import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { product } from '../reads/contenders.js';

export interface OpenProduct {
  refresh(): Promise<void>;
  /** When all is done that nobody waits for: far from the database that takes longer than a refresh. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A running server that is told to refresh by its mutation: every table, the checks, the report, the lease and the
 * picture, not only the peers' rows.
 */
export async function openProduct({
  DATABASE_URL = '',
  ...settings
}: NodeJS.ProcessEnv): Promise<OpenProduct> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const server = await product({ databaseUrl: DATABASE_URL }, { ...settings, CACHE_DIR: folder });
  let last = '';
  return {
    refresh: async () => {
      const { refreshCountries } = await ask(server.url, 'mutation { refreshCountries { id } }');
      last = refreshCountries.id;
    },
    rest: async () => {
      const query = `{ refresh(id: "${last}") { phases { state } } }`;
      // The picture is the last of the phases, and the report that says so is stored after all else.
      while ((await ask(server.url, query)).refresh.phases.at(-1)?.state !== 'DONE') await delay(50);
    },
    close: async () => {
      await server.process.stop();
      await rm(folder, { recursive: true });
    },
  };
}

interface Data {
  refreshCountries: { id: string };
  refresh: { phases: { state: string }[] };
}

async function ask(url: string, query: string): Promise<Data> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = (await answer.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
