import { readConfig } from './config.js';
import { type AppContext, createContext as createAppContext } from './context.js';
import { createServer as createHttpServer } from './http/server.js';
import { createLogger } from './logger.js';

// What `import ... from 'country-exchange'` gives. Its types are written out, so that they need no other package's.

/** Named like the environment variables: see .env.example. What is left out has its default; process.env is not read. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** The services on a database that is connected and migrated. */
export interface Context {
  /** Fetches the sources, then brings the database up to date in one transaction. Rejects when nothing was written. */
  refresh(options?: { force?: boolean }): Promise<void>;
  /** Call it after closing the servers. */
  close(): Promise<void>;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  payload?: string;
}

export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string | number | string[] | undefined>;
  body: string;
}

export interface Server {
  /** Resolves to the address. Port 0 is a free one. REFRESH_SCHEDULE begins now. */
  listen(where: { host?: string; port: number }): Promise<string>;
  /** Answers a request without a network connection, for tests and other servers. */
  inject(request: HttpRequest): Promise<HttpResponse>;
  /** Stops accepting connections; requests in flight finish. */
  close(): Promise<void>;
}

/** Rejects with an error named ConfigError that says which setting is invalid. */
export async function createContext(settings: Settings = {}): Promise<Context> {
  const config = readConfig(settings);
  return new LibraryContext(await createAppContext(config, createLogger(config.logLevel)));
}

/** A server with all routes, on a context of createContext. It does not listen yet. */
export async function createServer(context: Context): Promise<Server> {
  if (!(context instanceof LibraryContext)) throw new TypeError('createServer needs a context of createContext');
  const { app } = context;
  const server = await createHttpServer(app);
  server.addHook('onListen', () => app.schedule?.start());
  return {
    listen: (where) => server.listen(where),
    inject: (request) => server.inject(request),
    close: () => server.close(),
  };
}

class LibraryContext implements Context {
  readonly app: AppContext;

  constructor(app: AppContext) {
    this.app = app;
  }

  async refresh({ force = false } = {}): Promise<void> {
    await this.app.services.refreshes.start({ force }).done;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
