import autocannon from 'autocannon';
import type { RunningServer } from './contenders.js';

export interface LoadResult {
  /** What one request cost the server's process. */
  cpuUs: number;
  perSecond: number;
}

const SAMPLE_MS = 50;

/** As many requests as the server answers in that time, and what each cost it. */
export async function load(
  server: RunningServer,
  question: object,
  seconds: number,
  /** As with clients that give each request an id of its own. */
  eachAnother = false,
): Promise<LoadResult> {
  const before = await server.process.usage();
  const { requests, errors, non2xx, duration } = await autocannon({
    url: server.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(question),
    connections: 16,
    duration: seconds,
    // It ends with one of its samples, which else are a second long.
    sampleInt: SAMPLE_MS,
    ...(eachAnother && { requests: [{ setupRequest: withOwnId }] }),
  });
  const after = await server.process.usage();
  if (errors + non2xx > 0) throw new Error(`${errors + non2xx} requests to ${server.url} failed`);
  return {
    cpuUs: ((after.cpuMs - before.cpuMs) * 1000) / requests.total,
    perSecond: requests.total / duration,
  };
}

let sent = 0;

function withOwnId(request: autocannon.Request): autocannon.Request {
  sent += 1;
  return { ...request, headers: { ...request.headers, 'x-trace': String(sent) } };
}
