// Loaded into the server: tells, when asked, what is held in memory once the garbage is gone.
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('message', async (message) => {
  if (message !== 'held') return;
  collectGarbage();
  await delay(100);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  process.send({ held: (heapUsed + external) / 1e6 });
});
