import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createContext } from '../../../src/context.js';
import { PhaseName, PhaseState } from '../../../src/refresh/phases.js';

/** Kills itself this many milliseconds after the writing has begun, whether or not it has ended by then. */
const delayMs = Number(process.argv[2]);
const { services } = await createContext(readConfig(process.env), pino({ level: 'silent' }));
services.refreshes.watch(async ({ phases }) => {
  const store = phases.find((phase) => phase.name === PhaseName.STORE);
  if (store?.state !== PhaseState.RUNNING) return;
  if (delayMs > 0) await sleep(delayMs);
  process.kill(process.pid, 'SIGKILL');
});
services.refreshes.start();
