import { setTimeout as delay } from 'node:timers/promises';
import { filled, message, refresh, startMeasurable, startProduct, withFolder } from './lib/process.js';
import { startSlowSources } from './lib/sources.js';
import { type Measured, quantile, summarise } from './lib/statistics.js';
import { atMost, type Part } from './part.js';
import { ours } from './reads/contenders.js';

interface WhileRefreshing {
  /** Milliseconds within which that share of the queries was answered. */
  latency: { share: number; quiet: number; minutes: Measured; windows: Measured }[];
  p99Ratio: Measured;
  longestTurnMs: { quiet: Measured; refreshing: Measured };
  /** CPU time of the server's process for a refresh, besides the queries. */
  cpuMsPerRefresh: Measured;
}

interface Window {
  times: number[];
  longestTurnMs: number;
  cpuMsPerSecond: number;
}

const SOURCES_TAKE_MS = 100;

/** A steady stream of queries from a process of its own, in windows alternately without and with a refresh. */
export const whileRefreshingPart: Part<WhileRefreshing> = {
  measure: ({ plan: { windows } }) =>
    withFolder(async (folder) => {
      const sources = await startSlowSources(SOURCES_TAKE_MS);
      const server = await startProduct({ ...(await filled(folder)), ...sources.settings });
      const script = new URL('query-stream.ts', import.meta.url);
      const client = startMeasurable(script, [server.url, JSON.stringify(ours.one)]);
      await message(client.child, 'ready');
      const window = async (seconds: number, isRefreshing: boolean): Promise<Window> => {
        await delay(500);
        await server.process.longestTurnMs();
        const before = await server.process.usage();
        const streaming = message<number[]>(client.child, 'stream');
        client.child.send({ seconds });
        if (isRefreshing) await (await refresh(server.url)).settled();
        const times = await streaming;
        const { cpuMs } = await server.process.usage();
        const longestTurnMs = await server.process.longestTurnMs();
        return { times, longestTurnMs, cpuMsPerSecond: (cpuMs - before.cpuMs) / seconds };
      };
      for (let warmUp = 0; warmUp < 3; warmUp++) await window(windows.refreshSeconds, true);
      const [quiet, refreshing]: [Window[], Window[]] = [[], []];
      while (quiet.length < windows.count) {
        quiet.push(await window(windows.quietSeconds, false));
        refreshing.push(await window(windows.refreshSeconds, true));
      }
      await client.stop();
      await server.process.stop();
      await sources.close();
      return summary(quiet, refreshing, windows.refreshSeconds);
    }),
  sections: ({ latency, p99Ratio, longestTurnMs, cpuMsPerRefresh }) => [
    {
      title: 'Queries while refreshing',
      heads: ['answered within, ms', 'a quiet minute', 'a minute with a refresh', 'only the seconds of the refresh'],
      rows: latency.map((it) => [`${it.share * 100} %`, it.quiet, it.minutes, it.windows]),
      notes: [
        ['99th percentile in the minute of a refresh to a quiet minute', p99Ratio],
        ['longest turn of the event loop with a refresh, ms of CPU time', longestTurnMs.refreshing],
        ['without', longestTurnMs.quiet],
        ["CPU time of a refresh in the server's process, ms", cpuMsPerRefresh],
      ],
    },
  ],
  floors: ({ p99Ratio, longestTurnMs }) => [
    atMost(20, 'longest turn of the event loop while refreshing, ms of CPU time', longestTurnMs.refreshing.median),
    atMost(2, 'p99 of queries in the minute in which a refresh runs, to a quiet minute', p99Ratio.median),
  ],
};

function summary(quiet: Window[], refreshing: Window[], refreshSeconds: number): WhileRefreshing {
  const quietTimes = quiet.flatMap(({ times }) => times);
  // All quiet windows and one with a refresh make up the minute in which it runs.
  const minutes = refreshing.map(({ times }) => [...quietTimes, ...times]);
  const latency = [0.5, 0.99, 1].map((share) => ({
    share,
    quiet: quantile(quietTimes, share),
    minutes: summarise(minutes.map((times) => quantile(times, share))),
    windows: summarise(refreshing.map(({ times }) => quantile(times, share))),
  }));
  const turns = (windows: Window[]) => summarise(windows.map((it) => it.longestTurnMs));
  const quietCpu = summarise(quiet.map((it) => it.cpuMsPerSecond)).median;
  return {
    latency,
    p99Ratio: summarise(minutes.map((times) => quantile(times, 0.99) / quantile(quietTimes, 0.99))),
    longestTurnMs: { quiet: turns(quiet), refreshing: turns(refreshing) },
    cpuMsPerRefresh: summarise(refreshing.map(({ cpuMsPerSecond }) => (cpuMsPerSecond - quietCpu) * refreshSeconds)),
  };
}
