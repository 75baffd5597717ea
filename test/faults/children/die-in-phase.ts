import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createContext } from '../../../src/context.js';
import { PhaseName, PhaseState } from '../../../src/refresh/phases.js';

/** Kills itself when the phase that the first argument names has begun; or, for PICTURE, when its file has. */
const phase = process.argv[2];
const config = readConfig(process.env);
const die = () => process.kill(process.pid, 'SIGKILL');
const { services } = await createContext(
  config,
  pino({ level: 'silent' }),
  // So large that its writing takes a while.
  phase === 'PICTURE' ? { render: async () => Buffer.alloc(50_000_000) } : {},
);
if (phase === 'PICTURE') {
  watch(config.cacheDir.path, (_, name) => name?.endsWith('.tmp') && die());
}
services.refreshes.watch(async ({ phases }) => {
  if (phases.find(({ name }) => name === phase)?.state !== PhaseState.RUNNING) return;
  // By then the thread that draws is there, and has not ended.
  if (phase === PhaseName.DRAW) await sleep(40);
  die();
});
services.refreshes.start();
