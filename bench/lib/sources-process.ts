import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Route, startUpstream } from '../../test/upstream/upstream.js';

// Stubs of the sources, in a process of their own. Answers are made once and sent as bytes; the first of ROUTES takes
// as many milliseconds as argv says, the others half as many.

const ROUTES: readonly Route[] = ['restcountries-v3', 'currency-api', 'world-bank'];
/** Without these the stubs refuse to answer. */
const QUERY: Partial<Record<Route, string>> = {
  'world-bank': '?per_page=400',
  'restcountries-v3': '?fields=cca2,cca3,ccn3,name,capital,region,subregion,population,area,currencies',
};

const slowestMs = Number(process.argv[2] ?? 0);
const upstream = await startUpstream();
const answers = new Map<string, { body: Buffer; delayMs: number }>();
for (const [at, route] of ROUTES.entries()) {
  const answer = await fetch(upstream.urls[route] + (QUERY[route] ?? ''));
  if (!answer.ok) throw new Error(`${route}: ${await answer.text()}`);
  const body = Buffer.from(await answer.arrayBuffer());
  answers.set(new URL(upstream.urls[route]).pathname, {
    body,
    delayMs: at === 0 ? slowestMs : slowestMs / 2,
  });
}
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://stub');
  const { body, delayMs } = answers.get(pathname) ?? { body: Buffer.from('{}'), delayMs: 0 };
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  }, delayMs);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const urls = ROUTES.map((route) => Object.assign(new URL(upstream.urls[route]), { port }).href);
  process.send?.({ urls });
});
