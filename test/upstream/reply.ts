import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Facts } from './facts.js';

/** What an upstream sends: JSON with status 200 unless told otherwise. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** One way to answer a request. */
export type Handler = (exchange: Exchange) => void;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  facts: Facts;
  /** The right answer, from these facts or from others. */
  render: (facts?: Facts) => Reply;
}

export function send(response: ServerResponse, { status = 200, headers = {}, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}
