import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { readConfig } from '../../../src/config.js';
import { createContext } from '../../../src/context.js';
import type { AppError } from '../../../src/errors.js';

/** Starts or joins a refresh for every line on its standard input, and prints how that ended. */
const { services } = await createContext(readConfig(process.env), pino({ level: 'silent' }), {
  leaseTimes: { expiryMs: 1_500, beatMs: 100, pollMs: 50 },
});
services.refreshes.watch(({ id, state, joined }) => print({ id, state, joined }));
console.log('ready');
for await (const _ of createInterface(process.stdin)) {
  const { done } = services.refreshes.start();
  done.then(
    ({ id, state, joined }) => print({ ended: { id, state, joined } }),
    ({ code, message }: AppError) => print({ ended: { code, message } }),
  );
}

function print(what: object): void {
  console.log(JSON.stringify(what));
}
