import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { type Handler, send } from './reply.js';

/** The right answer. */
export const good =
  (): Handler =>
  ({ response, render }) =>
    send(response, render());

/** The right answer after a while. */
export const late =
  (delayMs: number): Handler =>
  async ({ response, render }) => {
    await sleep(delayMs);
    send(response, render());
  };

/** The right answer, once the gate is open. */
export function held(): { handler: Handler; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const handler: Handler = async (exchange) => {
    await opened;
    good()(exchange);
  };
  return { handler, open };
}

/** The right answer, compressed. */
export const compressed =
  (encoding: 'gzip' | 'br' | 'deflate'): Handler =>
  ({ response, render }) => {
    const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[encoding];
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
    response.end(compress(JSON.stringify(render().body)));
  };

/** This body, as JSON. */
export const body =
  (value: unknown, headers: Record<string, string> = {}): Handler =>
  ({ response }) =>
    send(response, { body: value, headers });

/** The right answer, changed. */
export const edited =
  (change: (value: unknown) => unknown): Handler =>
  ({ response, render }) => {
    const reply = render();
    send(response, { ...reply, body: change(structuredClone(reply.body)) });
  };

/** These bytes, as they are. */
export const raw =
  (bytes: string | Buffer, headers: Record<string, string> = {}): Handler =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(bytes);
  };

/** The right shape with only this many records. */
export const few =
  (count: number): Handler =>
  ({ response, facts, render }) => {
    const first = <T>(entries: Record<string, T>) => Object.fromEntries(Object.entries(entries).slice(0, count));
    const { countries, rates, gdp } = facts;
    const less = { countries: countries.slice(0, count), rates: first(rates), gdp: first(gdp) };
    send(response, render({ ...facts, ...less }));
  };

/** An HTML page, with a success status. */
export const html = (): Handler =>
  raw('<!doctype html><title>Just a moment...</title>', { 'content-type': 'text/html; charset=utf-8' });

/** The right bytes under another type. */
export const wrongType =
  (type: string): Handler =>
  ({ response, render }) =>
    send(response, { ...render(), headers: { 'content-type': type } });

/** What REST Countries answers since it closed its free API. */
export const errorUnder200 = (): Handler =>
  body({
    success: false,
    data: null,
    errors: [{ message: 'This API version has been deprecated. Please upgrade to v5.' }],
  });

/** A refusal with the upstream's own words. */
export const status =
  (code: number, headers: Record<string, string> = {}, value: unknown = { message: 'not today' }): Handler =>
  ({ response }) =>
    send(response, { status: code, headers, body: value });

/** A redirect to another address. */
export const redirectTo =
  (location: string): Handler =>
  ({ response }) => {
    response.writeHead(302, { location }).end();
  };

/** A redirect to itself. */
export const redirectLoop =
  (): Handler =>
  ({ response, url }) => {
    response.writeHead(302, { location: url.pathname + url.search }).end();
  };

/** Half of what it announced, then the connection is cut. */
export const halfBody =
  (): Handler =>
  ({ response, render }) => {
    const bytes = Buffer.from(JSON.stringify(render().body));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  };

/** Half of the JSON, as if that were all. */
export const truncatedJson =
  (): Handler =>
  ({ response, render }) => {
    const text = JSON.stringify(render().body);
    response.writeHead(200, { 'content-type': 'application/json' }).end(text.slice(0, text.length / 2));
  };

/** JSON in Latin-1. */
export const invalidUtf8 = (): Handler => raw(Buffer.from('[{"name":"Curaçao"}]', 'latin1'));

/** The connection is cut before there is any answer. */
export const reset =
  (): Handler =>
  ({ request }) => {
    request.socket.resetAndDestroy();
  };

/** No answer, ever. */
export const silence = (): Handler => () => {};

/** A byte now and then: always alive, never done. */
export const drip =
  (intervalMs = 20): Handler =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('[');
    const timer = setInterval(() => response.write(' '), intervalMs);
    response.on('close', () => clearInterval(timer));
  };

/** An endless body, as fast as it is read. */
export const endless =
  (): Handler =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    endlessBlanks().pipe(response);
  };

/** A kilobyte on the wire for every megabyte that it becomes. */
export const gzipBomb =
  (): Handler =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    endlessBlanks().pipe(createGzip()).pipe(response);
  };

function endlessBlanks(): Readable {
  const block = Buffer.alloc(1_000_000, ' ');
  return new Readable({
    read() {
      this.push(block);
    },
  });
}

/** The right answer with its version; a 304 for a client that has it already. */
export const versioned =
  (): Handler =>
  ({ request, response, render }) => {
    const reply = render();
    const etag = `"${createHash('sha256').update(JSON.stringify(reply.body)).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else send(response, { ...reply, headers: { ...reply.headers, etag } });
  };
