import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from './rounds.js';

// A client in a process of its own: a query every few milliseconds, whether the one before has been answered or not.
// `{ seconds }` lets it begin, `{ stream }` is what came of it.

const [url = '', body = '', everyMs = '5'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

process.on('message', async ({ seconds }: { seconds: number }) => {
  process.send?.({ stream: await stream(seconds) });
});
// It lives as long as it may be asked.
process.channel?.ref();
process.send?.({ ready: true });

async function stream(seconds: number): Promise<{ p50Ms: number; p99Ms: number; maxMs: number }> {
  const running: Promise<number>[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let due = performance.now(); due < end; due += Number(everyMs)) {
    // Timers come late, and the stream must not become thinner by that.
    if (due > performance.now()) await delay(due - performance.now());
    running.push(ask());
  }
  const sorted = (await Promise.all(running)).toSorted((a, b) => a - b);
  return { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99), maxMs: sorted.at(-1) ?? Number.NaN };
}

function ask(): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`A query was answered with ${response.statusCode}`));
      response.resume().once('end', () => resolve(performance.now() - begun));
    });
    asking.once('error', reject).end(body);
  });
}
