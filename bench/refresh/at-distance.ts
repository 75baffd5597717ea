import { setTimeout as delay } from 'node:timers/promises';
import { type DelayProxy, startDelayProxy } from '../lib/delay-proxy.js';
import { inTurn, type Measured } from '../lib/rounds.js';
import type { Plan } from '../plans.js';
import { openColdProcess } from './cold-process.js';
import { drizzlePeer } from './drizzle-peer.js';
import type { BenchDatabase } from './far-database.js';
import { knexPeer } from './knex-peer.js';
import { plainKysely } from './kysely-peer.js';
import { bulkMappings, rawBatches, singleUpdates } from './original.js';
import { type OpenProduct, openProduct } from './ours.js';
import { type Peer, type PeerConnection, peerRows } from './peer.js';
import { prismaPeer } from './prisma-peer.js';
import { sequelizePeer } from './sequelize-peer.js';
import { type SlowSources, startSlowSources } from './sources.js';
import { typeormSave, typeormUpsert } from './typeorm-peer.js';

const PEERS = [
  rawBatches,
  plainKysely,
  drizzlePeer,
  knexPeer,
  sequelizePeer,
  typeormUpsert,
  typeormSave,
  prismaPeer,
  singleUpdates,
  bulkMappings,
];

export interface DistanceResult {
  roundTripMs: number;
  slowestSourceMs: number;
  /** By name; milliseconds for a whole refresh. */
  results: [string, Measured][];
  /** Not waited for: so many round trips. */
  estimated: [string, number][];
}

interface DistanceOptions {
  roundTripMs: number;
  slowestSourceMs: number;
  rounds: number;
  /** What would take longer for a single refresh is estimated from its round trips. */
  patienceMs: number;
}

export const OURS = 'country-exchange';
export const OURS_TLS = 'country-exchange, TLS';
export const OURS_COLD = 'country-exchange, a server just started';
const OURS_PROCESS = 'country-exchange refresh, from the start of its process';

/** At each distance of the plan; nothing where there is no database to put away. */
export async function measureDistances(
  database: BenchDatabase | undefined,
  { roundTrips, ...plan }: Plan,
  say: (line: string) => void,
): Promise<DistanceResult[]> {
  const results: DistanceResult[] = [];
  for (const roundTripMs of database ? roundTrips : []) {
    say(`  the database ${roundTripMs} ms away`);
    results.push(await atDistance(database as BenchDatabase, { ...plan, roundTripMs }));
  }
  return results;
}

/** Whole refreshes, from the first request to a source to the answer to the commit. */
async function atDistance(database: BenchDatabase, options: DistanceOptions): Promise<DistanceResult> {
  const proxy = await startDelayProxy(database.port, options.roundTripMs);
  const sources = await startSlowSources(options.slowestSourceMs);
  const isPatient = (peer: Peer) => peer.roundTrips * options.roundTripMs <= options.patienceMs;
  const settings = { ...sources.settings, DATABASE_URL: database.url(proxy.port) };
  const tls = { ...sources.settings, DATABASE_URL: database.url(proxy.port, '?ssl-mode=REQUIRED') };
  const products = [await openProduct(settings), ...(database.caFile ? [await openProduct(tls)] : [])];
  const coldProcess = await openColdProcess(settings);
  const open = [];
  for (const peer of PEERS.filter(isPatient))
    open.push(await openedPeer(peer, database.peer(proxy.port), sources));
  const contenders = [
    ...products.map((product, at) => ({
      name: at === 0 ? OURS : OURS_TLS,
      run: () => product.refresh(),
      rest: () => product.rest(),
    })),
    ...open,
  ];
  // Once without a clock: first use loads modules, prepares and compiles.
  for (const { run, rest } of contenders) await run().then(rest);
  const results = await inTurn(
    [
      ...contenders.map(({ name, run, rest }) => ({ name, measure: () => elapsedMs(run, rest) })),
      { name: OURS_COLD, measure: () => coldRefresh(settings) },
      { name: OURS_PROCESS, measure: coldProcess.refresh },
    ],
    options.rounds,
  );
  await closeAll([...products, ...open, coldProcess], sources, proxy);
  const impatient = PEERS.filter((peer) => !isPatient(peer));
  for (const peer of impatient) await runOnce(peer, database.peer(database.port));
  const { roundTripMs, slowestSourceMs } = options;
  const estimated = impatient.map((peer): [string, number] => [
    peer.name,
    slowestSourceMs + peer.roundTrips * roundTripMs,
  ]);
  return { roundTripMs, slowestSourceMs, results: [...results], estimated };
}

async function openedPeer(peer: Peer, connection: PeerConnection, sources: SlowSources) {
  const { write, close } = await peer.open(connection);
  const run = async () => {
    await sources.fetchAll();
    await write(peerRows(250));
  };
  return { name: peer.name, run, rest: async () => undefined, close };
}

/** What is not waited for at a distance has to work as well: it writes next to the database, and no time is kept. */
async function runOnce(peer: Peer, connection: PeerConnection): Promise<void> {
  const { write, close } = await peer.open(connection);
  await write(peerRows(250));
  await close();
}

/** A server that has just been started: its first refresh starts its thread and opens its connections. */
async function coldRefresh(settings: NodeJS.ProcessEnv): Promise<number> {
  const product = await openProduct(settings);
  const ms = await elapsedMs(() => product.refresh(), product.rest);
  await product.close();
  return ms;
}

async function elapsedMs(run: () => Promise<void>, rest: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await run();
  const ms = performance.now() - begun;
  // What is done after the answer is not the next one's burden.
  await rest();
  await delay(200);
  return ms;
}

async function closeAll(
  open: readonly (OpenProduct | { close(): Promise<unknown> })[],
  sources: SlowSources,
  proxy: DelayProxy,
): Promise<void> {
  for (const one of open) await one.close();
  await sources.close();
  await proxy.close();
}
