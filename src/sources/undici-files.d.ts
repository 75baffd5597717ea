// The types of undici are those of its index; these are some of the files behind it.

declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export = Agent;
}

declare module 'undici/lib/interceptor/redirect.js' {
  import { interceptors } from 'undici';
  export = interceptors.redirect;
}

declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';

  /** A method of dispatchers that only the whole of undici gives them. */
  function request(this: Dispatcher, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  export = request;
}
