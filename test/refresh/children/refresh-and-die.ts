import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createContext } from '../../../src/context.js';
import { PhaseName } from '../../../src/refresh/refresh.type.js';

/** Kills itself when the third statement of the write is done, in the middle of the countries. */
const { services } = await createContext(readConfig(process.env), pino({ level: 'silent' }));
services.refreshes.watch(({ phases }) => {
  const store = phases.find((phase) => phase.name === PhaseName.STORE);
  if (store?.done === 3) process.kill(process.pid, 'SIGKILL');
});
await services.refreshes.start().done;
