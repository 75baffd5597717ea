import { openSync, readSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

// Loaded into every process that is measured, whatever it runs.

/** Only from when it is first asked for, since it wakes the process a thousand times a second. */
let loop;
let longestTurnMs = 0;

const answers = {
  usage: () => {
    const { user, system } = process.cpuUsage();
    return {
      cpuMs: (user + system) / 1000,
      rssMb: process.memoryUsage.rss() / 1e6,
      peakRssMb: process.resourceUsage().maxRSS / 1e3,
    };
  },
  /** How late the event loop came since this was last asked, in milliseconds. */
  loop: () => {
    loop ??= watchLoop();
    const late = { p99Ms: loop.percentile(99) / 1e6, maxMs: loop.max / 1e6, longestTurnMs };
    loop.reset();
    longestTurnMs = 0;
    return late;
  },
};

function watchLoop() {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  watchTurns();
  return histogram;
}

/**
 * What the thread computes from one tick of a timer to the next. Unlike its delay, it does not grow by what other
 * processes do on the machine. Linux alone tells it.
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
    // Of the first thread, which has the number of its process.
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`);
    const buffer = Buffer.alloc(64);
    return () => Number.parseInt(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)), 10) / 1e6;
  } catch {
    return undefined;
  }
}

process.on('message', (question) => {
  if (Object.hasOwn(answers, question)) process.send({ [question]: answers[question]() });
});
process.channel?.unref();
