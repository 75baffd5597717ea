import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../src/config.js';
import { createContext } from '../../src/context.js';

export interface OpenProduct {
  refresh(): Promise<void>;
  /** When all is done that nobody waits for: far from the database that takes longer than a refresh. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** The whole product without HTTP: every table, the checks, the report and the lease, not only the peers' rows. */
export async function openProduct(settings: NodeJS.ProcessEnv): Promise<OpenProduct> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-bench-'));
  const config = readConfig({ ...settings, CACHE_DIR: folder });
  // The picture is drawn after the answer, in a process of its own; here it would disturb whoever comes next.
  const render = async () => Buffer.from('no picture');
  const context = await createContext(config, pino({ level: 'warn' }), { render });
  const { refreshes } = context.services;
  return {
    refresh: async () => {
      await refreshes.start().done;
    },
    rest: () => refreshes.drawn(),
    close: async () => {
      await refreshes.drawn();
      await context.close();
      await rm(folder, { recursive: true });
    },
  };
}
