import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Measurable, message, startMeasurable } from '../lib/process.js';
import { ours, peers, type Questions, trevorblades } from './question.js';

export interface ReadContender {
  name: string;
  questions: Questions;
  /** Its clients send no request twice, but for the question. */
  eachAnother?: true;
  start(environment: ReadEnvironment): Promise<RunningServer>;
}

export interface RunningServer {
  url: string;
  process: Measurable;
}

export interface ReadEnvironment {
  /** A SQLite database that the product has filled. */
  databaseUrl: string;
  /** A JSON file with the answer's rows. */
  rowsFile: string;
}

export const BYTES = 'bare node:http, the same bytes';
export const HOT = 'country-exchange, hot';
export const HOT_EACH = 'country-exchange, hot, no two requests alike';
export const COLD = 'country-exchange, cache off, SQLite';
export const JIT_MEMORY = 'Mercurius jit 1, rows in memory';
export const NO_JIT_SQLITE = 'Mercurius, same query, SQLite';
export const YOGA_SQLITE = 'graphql-yoga, same query, SQLite';
export const APOLLO_SQLITE = 'Apollo + Express, same query, SQLite';
export const TREVORBLADES = 'trevorblades/countries, its own data in memory';

export const CONTENDERS: readonly ReadContender[] = [
  { name: BYTES, questions: ours, start: (at) => peer('serve-bytes.ts', [], at) },
  { name: HOT, questions: ours, start: (at) => product(at, {}) },
  {
    name: HOT_EACH,
    questions: ours,
    eachAnother: true,
    start: (at) => product(at, {}),
  },
  { name: COLD, questions: ours, start: (at) => product(at, { ANSWER_CACHE_MB: '0' }) },
  { name: JIT_MEMORY, questions: peers, start: (at) => peer('serve-mercurius.ts', ['1', 'memory'], at) },
  {
    name: 'Mercurius, rows in memory',
    questions: peers,
    start: (at) => peer('serve-mercurius.ts', ['0', 'memory'], at),
  },
  { name: NO_JIT_SQLITE, questions: peers, start: (at) => peer('serve-mercurius.ts', ['0', 'sqlite'], at) },
  {
    name: 'graphql-yoga, rows in memory',
    questions: peers,
    start: (at) => peer('serve-yoga.ts', ['memory'], at),
  },
  {
    name: YOGA_SQLITE,
    questions: peers,
    start: (at) => peer('serve-yoga.ts', ['sqlite'], at),
  },
  {
    name: 'Apollo + Express, rows in memory',
    questions: peers,
    start: (at) => peer('serve-apollo-express.ts', ['memory'], at),
  },
  {
    name: APOLLO_SQLITE,
    questions: peers,
    start: (at) => peer('serve-apollo-express.ts', ['sqlite'], at),
  },
  {
    name: TREVORBLADES,
    questions: trevorblades,
    start: (at) => peer('serve-trevorblades.ts', [], at),
  },
];

async function peer(script: string, args: string[], { databaseUrl, rowsFile }: ReadEnvironment) {
  const port = await freePort();
  const environment = {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    BENCH_ROWS: rowsFile,
    NODE_ENV: 'production',
  };
  const running = startMeasurable(new URL(script, import.meta.url), args, environment);
  await message(running.child, 'ready');
  return { url: `http://127.0.0.1:${port}/graphql`, process: running };
}

/** The built product as it is started by `npm start`, but for the log: the peers write none. */
export async function product(
  { databaseUrl }: Pick<ReadEnvironment, 'databaseUrl'>,
  settings: NodeJS.ProcessEnv,
): Promise<RunningServer> {
  const port = await freePort();
  const running = startMeasurable(
    new URL('../../dist/index.js', import.meta.url),
    [],
    {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      REFRESH_ON_START: 'never',
      LOG_LEVEL: 'warn',
      ...settings,
    },
    [],
  );
  const origin = `http://127.0.0.1:${port}`;
  await answering(`${origin}/health`);
  return { url: `${origin}/graphql`, process: running };
}

export async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 6_000; tries++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await delay(10);
  }
  throw new Error(`${url} does not answer`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
