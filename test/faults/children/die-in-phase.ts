import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createContext } from '../../../src/context.js';
import { PhaseState } from '../../../src/refresh/refresh-phase.type.js';

/** Kills itself when the phase that the first argument names has begun. */
const phase = process.argv[2];
const logger = pino({ level: 'silent' });
const { services } = await createContext(readConfig(process.env), logger, {
  render: async () => Buffer.alloc(0),
});
services.refreshes.watch(({ phases }) => {
  const state = phases.find(({ name }) => name === phase)?.state;
  if (state === PhaseState.RUNNING) process.kill(process.pid, 'SIGKILL');
});
services.refreshes.start();
