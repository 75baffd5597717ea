import { setTimeout as delay } from 'node:timers/promises';
import { filled, query, type Server, startProduct, withFolder } from './lib/process.js';
import { type Measured, summarise } from './lib/statistics.js';
import { atMost, type Part } from './part.js';
import { ours } from './reads/contenders.js';

type Start = Record<'wallMs' | 'cpuMs' | 'secondMb' | 'restMb', Measured> & { restSeconds: number };

/** `node dist/index.js` on a filled database, up to the first answered query, and then at rest. */
export const startPart: Part<Start> = {
  measure: ({ plan: { start } }) =>
    withFolder(async (folder) => {
      const settings = await filled(folder);
      const servers: Server[] = [];
      const samples: Record<'wallMs' | 'cpuMs' | 'secondMb', number>[] = [];
      while (samples.length < start.times) {
        const begun = performance.now();
        const server = await startProduct(settings);
        await query(server.url, ours.list);
        const wallMs = performance.now() - begun;
        const { cpuMs } = await server.process.usage();
        await delay(1_000);
        servers.push(server);
        samples.push({ wallMs, cpuMs, secondMb: (await server.process.usage()).rssMb });
      }
      await delay(start.restSeconds * 1_000);
      const rested = await Promise.all(servers.map((server) => server.process.usage()));
      for (const server of servers) await server.process.stop();
      return {
        wallMs: summarise(samples.map(({ wallMs }) => wallMs)),
        cpuMs: summarise(samples.map(({ cpuMs }) => cpuMs)),
        secondMb: summarise(samples.map(({ secondMb }) => secondMb)),
        restMb: summarise(rested.map(({ rssMb }) => rssMb)),
        restSeconds: start.restSeconds,
      };
    }),
  sections: ({ wallMs, cpuMs, secondMb, restMb, restSeconds }) => [
    {
      title: 'Start and rest',
      heads: ['', 'median (least to most)'],
      rows: [
        ['start to the first answer, ms', wallMs],
        ['of it CPU time, ms', cpuMs],
        ['memory a second later, MB', secondMb],
        [`memory at rest, after ${restSeconds} s without a query, MB`, restMb],
      ],
    },
  ],
  floors: ({ cpuMs, restMb }) => [
    atMost(1_000, 'start to first answer, ms of CPU time', cpuMs.median),
    atMost(130, 'memory at rest, MB', restMb.median),
  ],
};
