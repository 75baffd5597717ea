import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchDatabase } from '../lib/database.js';
import { startDelayProxy } from '../lib/delay-proxy.js';
import { refresh, startProduct, withFolder } from '../lib/process.js';
import { type SlowSources, startSlowSources } from '../lib/sources.js';
import { type Contender, inTurn, type Measured } from '../lib/statistics.js';
import { atLeast, atMost, type Floor, isOurs, type Part, type Plan, type Section } from '../part.js';
import { drizzlePeer, prismaPeer, sequelizePeer, typeormSave, typeormUpsert } from './orm-peers.js';
import {
  bulkMappings,
  knexPeer,
  type Peer,
  type PeerConnection,
  peerRows,
  plainKysely,
  rawBatches,
  singleUpdates,
} from './peers.js';

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
const OURS = 'country-exchange';
const OURS_TLS = 'country-exchange, TLS';
const OURS_POSTGRES = 'country-exchange, PostgreSQL';
const OURS_POSTGRES_TLS = 'country-exchange, PostgreSQL, TLS';
const OURS_COLD = 'country-exchange, a server just started';
const OURS_COLD_POSTGRES_TLS = 'country-exchange, PostgreSQL, TLS, a server just started';
const OURS_PROCESS = 'country-exchange refresh, from the start of its process';

interface Distance {
  roundTripMs: number;
  slowestSourceMs: number;
  /** Milliseconds for a whole refresh. */
  results: [name: string, Measured][];
  /** Computed from the round trips. */
  estimated: [name: string, ms: number][];
}

/** Whole refreshes with the database far away, from the first request to a source to the answer to the commit. */
export const refreshPart: Part<Distance[]> = {
  async measure({ database, plan, say }) {
    const found: Distance[] = [];
    if (!database) return found;
    for (const peer of PEERS.filter((it) => !isPatient(it, plan.refresh, Math.min(...plan.refresh.roundTrips)))) {
      // Too slow for any distance, but it has to work.
      const { write, close } = await peer.open(database.peer(database.port));
      await write(peerRows(250));
      await close();
    }
    for (const roundTripMs of plan.refresh.roundTrips) {
      say(`  the database ${roundTripMs} ms away`);
      found.push(await withFolder((folder) => atDistance(database, roundTripMs, plan.refresh, folder)));
    }
    return found;
  },
  sections: (found) => found.map(section),
  floors: (found) => found.flatMap(floors),
};

function isPatient(peer: Peer, plan: Plan['refresh'], roundTripMs: number): boolean {
  return peer.roundTrips * roundTripMs <= plan.patienceMs;
}

interface Refresher extends Contender {
  close(): Promise<unknown>;
}

async function atDistance(
  database: BenchDatabase,
  roundTripMs: number,
  plan: Plan['refresh'],
  folder: string,
): Promise<Distance> {
  const { slowestSourceMs, roundTrips, warm, cold, peers } = plan;
  const proxy = await startDelayProxy(database.port, roundTripMs);
  const sources = await startSlowSources(slowestSourceMs);
  const settings = (name: string, query = '') => ({
    ...sources.settings,
    DATABASE_URL: database.url(proxy.port, query),
    CACHE_DIR: join(folder, name),
  });
  const contenders = [await warmServer(OURS, warm, settings('plain'))];
  if (database.hasTls) contenders.push(await warmServer(OURS_TLS, cold, settings('tls', '?ssl-mode=REQUIRED')));
  const postgresProxy = database.postgres && (await startDelayProxy(database.postgres.port, roundTripMs));
  if (database.postgres && postgresProxy) {
    const { url } = database.postgres;
    const onPostgres = { ...settings('postgres'), DATABASE_URL: url(postgresProxy.port) };
    const overTls = { ...settings('postgres-tls'), DATABASE_URL: url(postgresProxy.port, '?sslmode=require') };
    contenders.push(await warmServer(OURS_POSTGRES, cold, onPostgres));
    if (database.hasTls) {
      contenders.push(await warmServer(OURS_POSTGRES_TLS, cold, overTls));
      const anew = (round: number) => ({ ...overTls, CACHE_DIR: join(folder, `cold-postgres-${round}`) });
      contenders.push(coldServer(OURS_COLD_POSTGRES_TLS, cold, anew));
    }
  }
  const isNear = roundTripMs === Math.min(...roundTrips);
  for (const peer of PEERS.filter((it) => isPatient(it, plan, roundTripMs))) {
    const rounds = isNear ? cold : peers;
    contenders.push(await warmPeer(peer, rounds, database.peer(proxy.port), sources));
  }
  contenders.push(
    coldServer(OURS_COLD, cold, (round) => settings(`cold-${round}`)),
    newProcess(cold, settings('process')),
  );
  const results = await inTurn(contenders);
  for (const { close } of contenders) await close();
  await sources.close();
  proxy.close();
  postgresProxy?.close();
  const estimated = PEERS.filter((it) => !isPatient(it, plan, roundTripMs)).map((peer): [string, number] => [
    peer.name,
    slowestSourceMs + peer.roundTrips * roundTripMs,
  ]);
  return { roundTripMs, slowestSourceMs, results, estimated };
}

/** A running server that is told to refresh by its mutation, and has refreshed before. */
async function warmServer(name: string, rounds: number, settings: NodeJS.ProcessEnv): Promise<Refresher> {
  const { url, process } = await startProduct(settings);
  let settled = Promise.resolve();
  const measure = async () => {
    // Waits for the work after its last commit. Meanwhile others wait for their sources.
    await settled;
    const begun = performance.now();
    const done = await refresh(url);
    const ms = performance.now() - begun;
    settled = done.settled();
    return ms;
  };
  await measure();
  return { name, rounds, measure, close: () => settled.then(() => process.stop()) };
}

/** The first refresh of a server opens its connections, and loads what only a refresh needs. */
function coldServer(name: string, rounds: number, settings: (round: number) => NodeJS.ProcessEnv): Refresher {
  const closing: Promise<void>[] = [];
  const measure = async () => {
    const { url, process } = await startProduct(settings(closing.length));
    const begun = performance.now();
    const { settled } = await refresh(url);
    const ms = performance.now() - begun;
    closing.push(settled().then(() => process.stop()));
    return ms;
  };
  return { name, rounds, measure, close: () => Promise.all(closing) };
}

/** `country-exchange refresh` as cron runs it, from the start of its process to the line that reports the commit. */
function newProcess(rounds: number, settings: NodeJS.ProcessEnv): Refresher {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const measure = async () => {
    const begun = performance.now();
    const child = spawn(process.execPath, [cli, 'refresh'], {
      env: { ...process.env, ...settings, LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const reported = once(child.stdout, 'data').then(() => performance.now() - begun);
    // Then it draws the picture, which is not part of the refresh.
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`country-exchange refresh ended with ${code}`);
    return reported;
  };
  return { name: OURS_PROCESS, rounds, measure, close: async () => undefined };
}

/** With an open connection. */
async function warmPeer(
  peer: Peer,
  rounds: number,
  connection: PeerConnection,
  sources: SlowSources,
): Promise<Refresher> {
  const { write, close } = await peer.open(connection);
  await write(peerRows(250));
  const measure = async () => {
    const begun = performance.now();
    await sources.fetchAll();
    await write(peerRows(250));
    return performance.now() - begun;
  };
  return { name: peer.name, rounds, measure, close };
}

function limitMs({ slowestSourceMs, roundTripMs }: Distance): number {
  return slowestSourceMs + roundTripMs;
}

function floors(distance: Distance): Floor[] {
  const median = new Map(distance.results.map(([name, ms]) => [name, ms.median]));
  const away = `database ${distance.roundTripMs} ms away`;
  const toLimit = (floor: number, name: string) => {
    const figure = (median.get(name) ?? Number.NaN) / limitMs(distance);
    return atMost(floor, `refresh, ${away}: ${name}, to the slowest source + 1 round trip`, figure);
  };
  const quickest = Math.min(...distance.results.flatMap(([name, ms]) => (isOurs(name) ? [] : ms.median)));
  const ahead = quickest / (median.get(OURS) ?? Number.NaN);
  return [
    toLimit(1.05, OURS),
    toLimit(1.05, OURS_TLS),
    ...[OURS_POSTGRES, OURS_POSTGRES_TLS].filter((name) => median.has(name)).map((name) => toLimit(1.05, name)),
    ...[OURS_COLD, OURS_COLD_POSTGRES_TLS].filter((name) => median.has(name)).map((name) => toLimit(1.25, name)),
    toLimit(1.25, OURS_PROCESS),
    atLeast(1, `refresh, ${away}: the quickest of all peers, to country-exchange`, ahead),
  ];
}

function section(distance: Distance): Section {
  const { roundTripMs, results, estimated } = distance;
  const limit = limitMs(distance);
  const title = `A refresh with the database ${roundTripMs} ms away`;
  const rows = [
    ...results.map(([name, { median, min, max, rounds }]) => ({
      median,
      cells: [name, Math.round(median), median / limit, min / limit, max / limit, rounds],
    })),
    ...estimated.map(([name, ms]) => ({ median: ms, cells: [`${name} (computed)`, ms, ms / limit] })),
  ];
  return {
    title,
    intro: `The limit is ${limit} ms: the slowest source (${distance.slowestSourceMs}) and one round trip.`,
    chart: { file: `refresh-${roundTripMs}`, title: `${title}, x the limit`, column: 2 },
    heads: ['', 'ms', 'x the limit', 'least', 'most', 'times measured'],
    rows: rows.toSorted((a, b) => a.median - b.median).map(({ cells }) => cells),
  };
}
