import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

// A client in a process of its own: a query every few milliseconds, whether the last has been answered or not.
// `{ seconds }` starts it; `{ stream }` has the times of all answers in milliseconds.

const EVERY_MS = 5;
const [url = '', body = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

process.on('message', async ({ seconds }: { seconds: number }) => {
  process.send?.({ stream: await stream(seconds) });
});
process.channel?.ref();
process.send?.({ ready: true });

async function stream(seconds: number): Promise<number[]> {
  const running: Promise<number>[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let due = performance.now(); due < end; due += EVERY_MS) {
    // Timers fire late; the rate must stay the same.
    if (due > performance.now()) await delay(due - performance.now());
    running.push(ask());
  }
  return Promise.all(running);
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
