import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { settings } from '../app.js';
import { type Client, createClient } from '../client/client.js';
import { Program } from '../program.js';
import { program } from '../programs.js';
import { held } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { GaleraCluster, type GaleraNode } from './galera.js';
import { askUntilAnswered, Load } from './load.js';
import { Watcher } from './watcher.js';

const DATABASE = 'country_exchange';
/** How often what depends on timing is repeated. */
const ROUNDS = Number(process.env.ROUNDS ?? 3);

/** The population of every country ends with the number of the refresh that wrote it. */
const versionOf = (population: number) => population % 1_000;
/** No read of a client that retries may take longer than this. */
const CLIENT_WAITS_MS = 10_000;

interface Outcome {
  id: string;
  state: string;
  joined: boolean;
}

describe('three servers on three Galera nodes', () => {
  let upstream: Upstream;
  let cluster: GaleraCluster;
  let nodes: [GaleraNode, GaleraNode, GaleraNode];
  let folder: string;
  let servers: Program[];
  let urls: string[];
  let loads: Load[];
  let watcher: Watcher;
  let version = 0;
  const log = createLog();

  beforeAll(async () => {
    upstream = await startUpstream();
    folder = await mkdtemp(join(tmpdir(), 'country-exchange-cluster-'));
    cluster = await GaleraCluster.start(3);
    nodes = cluster.nodes as typeof nodes;
    await nodes[0].query(`create database ${DATABASE}`);
    const [server] = await nodes[0].query<{ version: string }>('select version() as version');
    log(`three nodes of ${server?.version}: a, b and c`);
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const [at, server] of servers.entries()) log(`server ${at + 1}:\n${server.output.slice(-5_000)}`);
  });
  afterAll(async () => {
    await Promise.all((loads ?? []).map((load) => load.stop()));
    await watcher?.stop();
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await cluster?.stop();
    await upstream?.close();
    await rm(folder, { recursive: true });
  });

  const start = (first: number) =>
    new Program(program('index'), [], {
      ...settings(upstream, cluster.url(first, DATABASE), { CACHE_DIR: join(folder, String(first)) }),
      API_TIMEOUT: '30',
      LOG_LEVEL: 'info',
      PORT: '0',
      REFRESH_ON_START: 'never',
    });

  it('migrate an empty database at the same time, each through its own node', async () => {
    servers = [0, 1, 2].map(start);
    const started = await Promise.all(servers.map((server) => server.logged(/http:\/\/[\d.:]+\/graphql/, 60_000)));
    urls = started.map(([url]) => url);
    log('three servers have migrated the empty database at the same time; their hosts are a,b,c b,c,a and c,a,b');
  });

  it(`refresh once for three callers at three nodes, ${ROUNDS} times`, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const outcomes = await refreshEverywhere();
      log(`refresh ${version} through a, b and c at once: ${told(outcomes)}`);
    }
    loads = urls.map((url) => new Load(url, versionOf));
    watcher = new Watcher(nodes, DATABASE);
  });

  it('retry transactions that lost to one of another node', async () => {
    const before = await conflicts();
    const codes = upstream.facts.countries.map(({ code }) => code).slice(0, 45);
    await Promise.all(
      urls.map(async (url, at) => {
        for (const code of codes.filter((_, index) => index % 3 === at)) {
          const { errors } = await createClient(url).post(`mutation { deleteCountry(code: "${code}") { code } }`);
          expect(errors).toEqual([]);
        }
      }),
    );
    const lost = (await conflicts()) - before;
    expect(lost).toBeGreaterThan(0);
    log(
      `45 countries deleted through a, b and c at once: ${lost} transactions lost against another, and were repeated`,
    );
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    logReads();
  });

  it(`refresh once when the node of the refreshing server is killed while the sources answer, ${ROUNDS} times`, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const outcomes = await refreshEverywhere((runner) => kill(runner, 'while the sources answer'));
      log(`refresh ${version}: ${told(outcomes)}`);
      await restart();
    }
  });

  it(`refresh once when the node of the refreshing server is killed while it writes, ${ROUNDS} times`, async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const outcomes = await refreshEverywhere(undefined, async (runner) => {
        const afterMs = Math.round((60 * (round - 1)) / ROUNDS);
        await sleep(afterMs);
        await kill(runner, `${afterMs} ms after the last answer of the sources`);
      });
      log(`refresh ${version}: ${told(outcomes)}`);
      await restart();
    }
  });

  it('answer queries while a node is killed', async () => {
    await sleep(2_000);
    logReads();
    await kill(1, 'under a load of queries');
    await sleep(8_000);
    logReads('from the kill on');
    await restart();
  });

  it('answer queries and refresh while a node is cut off and joins again', async () => {
    logReads();
    await nodes[2].cutOff();
    log('node c cut off: it accepts connections, but has lost the others');
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    await sleep(5_000);
    logReads('from the cut on');
    await nodes[2].rejoin();
    log('node c connected again');
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    await cluster.whole();
    log('node c has joined again');
    await sleep(2_000);
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    logReads();
  });

  it('answer queries and refresh while a node hangs and later goes on', async () => {
    await nodes[0].freeze();
    log('node a stopped (SIGSTOP): it neither answers nor closes a connection');
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    await sleep(5_000);
    logReads('from the stop on');
    await nodes[0].thaw();
    log('node a goes on (SIGCONT): it takes itself for a member for a moment');
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    await cluster.whole();
    log('node a has joined again');
    await sleep(2_000);
    log(`refresh ${version + 1}: ${told(await refreshEverywhere())}`);
    logReads();
  });

  it('never show a half-written refresh, nor do the nodes', async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await watcher.stop();
    expect(loads.flatMap(({ mixed }) => mixed)).toEqual([]);
    expect(watcher.mixed).toEqual([]);
    log(`${watcher.looks} looks at the tables of the nodes, and no answer and no look had countries of two refreshes`);
  });

  it('end with equal tables on all nodes, each refresh reported once', async () => {
    const names = await nodes[0].query<{ name: string }>(
      `select table_name as name from tables where table_schema = '${DATABASE}' order by 1`,
    );
    const contents = async (node: GaleraNode) =>
      JSON.stringify(
        await Promise.all(names.map(({ name }) => node.query(`select * from ${name} order by 1, 2`, DATABASE))),
      );
    await expect.poll(async () => new Set(await Promise.all(nodes.map(contents))).size, { timeout: 10_000 }).toBe(1);
    log(`${names.length} tables, equal on a, b and c`);

    const reports = await nodes[1].query<{ state: string; report: string }>('select * from refreshes', DATABASE);
    expect(reports.filter(({ state }) => state === 'SUCCEEDED')).toHaveLength(version);
    const failures = reports
      .filter(({ state }) => state !== 'SUCCEEDED')
      .map(({ report }) => JSON.parse(report).failure);
    expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'DATABASE_UNAVAILABLE'));
    log(`reports of ${version} refreshes, and of ${failures.length} attempts that failed and that clients repeated`);
  });

  /**
   * Tells all three servers to refresh; the sources answer once all know which refresh runs. `before` and `after` are
   * called before and after that moment with the number of the server that runs it.
   */
  async function refreshEverywhere(
    before: (runner: number) => Promise<void> = async () => undefined,
    after: (runner: number) => Promise<void> = async () => undefined,
  ): Promise<Outcome[]> {
    version += 1;
    for (const [at, country] of upstream.facts.countries.entries()) country.population = 1_000 * (at + 1) + version;
    const { handler, open } = held();
    upstream.answer('restcountries-v3', handler);
    const clients = urls.map(createClient);
    const refreshing = Promise.all(
      clients.map(async (client) => {
        const data = await askUntilAnswered(client, 'mutation { refreshCountries { id state joined } }');
        return data.refreshCountries as Outcome;
      }),
    );
    const runner = await runnerOf(clients);
    await before(runner);
    open();
    await after(runner);
    const outcomes = await refreshing;
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
    expect(outcomes.map(({ state }) => state)).toEqual(Array(3).fill('SUCCEEDED'));
    expect(outcomes.filter(({ joined }) => !joined)).toHaveLength(1);
    return outcomes;
  }

  /** Once all three know that it runs. */
  async function runnerOf(clients: Client[]): Promise<number> {
    for (;;) {
      const running = await Promise.all(
        clients.map(async (client) => {
          const { status } = await askUntilAnswered(client, '{ status { running { id state joined } } }');
          return (status as { running: Outcome | null }).running;
        }),
      );
      const joined = running.filter((it) => it?.joined);
      if (joined.length === 2 && new Set(running.map((it) => it?.id)).size === 1) {
        return running.findIndex((it) => it?.joined === false);
      }
      await sleep(20);
    }
  }

  let killed: GaleraNode | undefined;

  /** The node that the server uses. */
  async function kill(server: number, when: string): Promise<void> {
    killed = nodes[server];
    await killed?.kill();
    log(`node ${killed?.name} killed ${when}`);
  }

  async function restart(): Promise<void> {
    const startedAt = performance.now();
    await killed?.start();
    await cluster.whole();
    log(`node ${killed?.name} has joined again, empty, after ${seconds(performance.now() - startedAt)}`);
    await sleep(2_000);
  }

  /** Transactions that lost to one of another node. */
  async function conflicts(): Promise<number> {
    const names = ['local_cert_failures', 'local_bf_aborts'];
    const counts = await Promise.all(nodes.flatMap((node) => names.map((name) => node.status(name))));
    return counts.reduce((sum, count) => sum + Number(count), 0);
  }

  function logReads(since = 'so far'): void {
    const laps = loads.map((load) => load.lap());
    const longest = (kind: 'snapshot' | 'database') => Math.max(...laps.map(({ longestMs }) => longestMs[kind]));
    const reads = laps.reduce((sum, lap) => sum + lap.reads, 0);
    log(
      `${reads} reads ${since}: the slowest took ${seconds(longest('snapshot'))} from memory and ` +
        `${seconds(longest('database'))} from the database`,
    );
    expect(longest('snapshot')).toBeLessThan(CLIENT_WAITS_MS);
    expect(longest('database')).toBeLessThan(CLIENT_WAITS_MS);
  }
});

function told(outcomes: Outcome[]): string {
  const runner = 'abc'.charAt(outcomes.findIndex(({ joined }) => !joined));
  return `the server of ${runner} ran it, and all three callers got its report`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

/** Logs what happens, with the seconds since the start. */
function createLog(): (text: string) => void {
  const startedAt = performance.now();
  return (text) => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)}  ${text}`);
}
