import autocannon from 'autocannon';
import type { RunningServer } from './contenders.js';

export interface LoadResult {
  /** What one request cost the server's process. */
  cpuUs: number;
  perSecond: number;
}

/** As many requests as the server answers in that time, and what each cost it. */
export async function load(server: RunningServer, question: object, seconds: number): Promise<LoadResult> {
  const before = await server.process.usage();
  const { requests, errors, non2xx, duration } = await autocannon({
    url: server.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(question),
    connections: 16,
    duration: seconds,
  });
  const after = await server.process.usage();
  if (errors + non2xx > 0) throw new Error(`${errors + non2xx} requests to ${server.url} failed`);
  return {
    cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / requests.total,
    perSecond: requests.total / duration,
  };
}
