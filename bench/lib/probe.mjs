import { openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Preloaded into every measured process: answers questions about it over the IPC channel.

/** Watched only once it is asked for, since the timer wakes the process a thousand times a second. */
let isWatching = false;
let longestTurnMs = 0;

const answers = {
  usage: () => {
    const { user, system } = process.cpuUsage();
    return { cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6 };
  },
  /** The longest turn of the event loop since the last question, in CPU time. */
  longestTurnMs: () => {
    if (!isWatching) watchTurns();
    isWatching = true;
    const longest = longestTurnMs;
    longestTurnMs = 0;
    return longest;
  },
  /** Memory in use after garbage collection. */
  heldMb: async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc');
    collectGarbage();
    await delay(100);
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  },
};

/**
 * CPU time of the main thread from one tick of a timer to the next. Unlike the delay of the loop, it does not depend on
 * what other processes do. Only Linux reports it; elsewhere the answer stays 0.
 */
function watchTurns() {
  const cpuMs = threadClock();
  if (!cpuMs) return;
  let before = cpuMs();
  const timer = setInterval(() => {
    const now = cpuMs();
    longestTurnMs = Math.max(longestTurnMs, now - before);
    before = now;
  }, 1);
  timer.unref();
}

function threadClock() {
  try {
    // The main thread has the number of its process.
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`);
    const buffer = Buffer.alloc(64);
    return () => Number.parseInt(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)), 10) / 1e6;
  } catch {
    return undefined;
  }
}

process.on('message', async (question) => {
  if (Object.hasOwn(answers, question)) process.send({ [question]: await answers[question]() });
});
// The benchmarks have failed: nothing is left behind.
process.on('disconnect', () => process.exit());
process.channel?.unref();
