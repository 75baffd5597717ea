import { freePort, message, type Server, startMeasurable, startProduct } from '../lib/process.js';

export interface ReadContender {
  name: string;
  queries: Queries;
  start(environment: ReadEnvironment): Promise<Server>;
}

/** Nine facts of 250 countries and of one, in the words of each schema. */
interface Queries {
  list: object;
  one: object;
}

export interface ReadEnvironment {
  /** Of a product whose database is filled. */
  settings: NodeJS.ProcessEnv;
  /** A JSON file with the rows of its answer, for the peers. */
  rowsFile: string;
}

const FACTS = 'code name capital region population flagUrl exchangeRate estimatedGdp lastRefreshedAt';
const OTHER_FACTS = 'code name native phone capital currency emoji continent { code name }';

export const ours: Queries = {
  list: { query: `{ countries { nodes { ${FACTS} } } }` },
  one: one('CountryCode', FACTS),
};
const peers = { list: { query: `{ countries { ${FACTS} } }` }, one: one('ID', FACTS) };
const trevorblades = { list: { query: `{ countries { ${OTHER_FACTS} } }` }, one: one('ID', OTHER_FACTS) };

function one(type: string, facts: string): object {
  return {
    query: `query ($code: ${type}!) { country(code: $code) { ${facts} } }`,
    variables: { code: 'CI' },
  };
}

export const CONTENDERS: readonly ReadContender[] = [
  product('country-exchange, hot', {}),
  product('country-exchange, cache off', { ANSWER_CACHE_MB: '0' }),
  peer('bare node:http, the same bytes', ['bytes'], ours),
  peer('Mercurius jit 1, rows in memory', ['mercurius-jit', 'memory']),
  peer('Mercurius, rows in memory', ['mercurius', 'memory']),
  peer('Mercurius, SQLite through Kysely', ['mercurius', 'sqlite']),
  peer('graphql-yoga, rows in memory', ['yoga', 'memory']),
  peer('graphql-yoga, SQLite through Kysely', ['yoga', 'sqlite']),
  peer('Apollo + Express, rows in memory', ['apollo-express', 'memory']),
  peer('Apollo + Express, SQLite through Kysely', ['apollo-express', 'sqlite']),
  peer('trevorblades/countries, its own data in memory', ['trevorblades'], trevorblades),
];

function product(name: string, more: NodeJS.ProcessEnv): ReadContender {
  return { name, queries: ours, start: ({ settings }) => startProduct({ ...settings, ...more }) };
}

function peer(name: string, args: string[], queries: Queries = peers): ReadContender {
  const start = async ({ rowsFile }: ReadEnvironment) => {
    const port = await freePort();
    const environment = { PORT: String(port), BENCH_ROWS: rowsFile, NODE_ENV: 'production' };
    const running = startMeasurable(new URL('serve-peer.ts', import.meta.url), args, environment);
    await message(running.child, 'ready');
    return { url: `http://127.0.0.1:${port}/graphql`, process: running };
  };
  return { name, queries, start };
}
