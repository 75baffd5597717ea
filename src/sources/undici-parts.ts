import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import redirect from 'undici/lib/interceptor/redirect.js';

// Of all undici, fetch, web sockets, caches and mocks among it, three parts send a request. They load in a third of the
// time, which passes before a new process asks its first source.
export { Agent, redirect };

type Options = Pick<Dispatcher.RequestOptions, 'headers' | 'signal'>;

export function get(dispatcher: Dispatcher, address: string, options: Options) {
  const { origin, pathname, search } = new URL(address);
  return request.call(dispatcher, { ...options, origin, path: pathname + search, method: 'GET' });
}
