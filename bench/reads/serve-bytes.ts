import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** What no server on Node can be faster than: it reads the request, looks at nothing and writes the same bytes. */
const facts = JSON.parse(readFileSync(process.env.BENCH_ROWS ?? '', 'utf8')) as { code: string }[];
const list = Buffer.from(JSON.stringify({ data: { countries: { nodes: facts } } }));
const one = Buffer.from(JSON.stringify({ data: { country: facts.find(({ code }) => code === 'CI') } }));

createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const body = Number(request.headers['content-length']) > 150 ? one : list;
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
    });
    response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.({ ready: true }));
