import { createRequire } from 'node:module';
import type { Dispatcher, interceptors, Agent as UndiciAgent } from 'undici';

const require = createRequire(import.meta.url);

// Of all undici, fetch, web sockets, caches and mocks among it, three parts send a request. They load in a third of the
// time, which passes before a new process asks its first source.
export const Agent = require('undici/lib/dispatcher/agent.js') as typeof UndiciAgent;
export const redirect = require('undici/lib/interceptor/redirect.js') as typeof interceptors.redirect;
const send = require('undici/lib/api/api-request.js') as Send;

/** A method of dispatchers that only the whole of undici gives them. */
type Send = (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;

type Options = Pick<Dispatcher.RequestOptions, 'headers' | 'signal'>;

export function get(dispatcher: Dispatcher, address: string, options: Options) {
  const { origin, pathname, search } = new URL(address);
  return send.call(dispatcher, { ...options, origin, path: pathname + search, method: 'GET' });
}
