import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { settings } from '../app.js';
import { createClient } from '../client/client.js';
import { createTestDatabase, describeMostServers, type TestDatabase } from '../databases.js';
import { Program } from '../program.js';
import { program } from '../programs.js';
import { held } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

const SERVER = program('index');
const COMMAND_LINE = program('cli');

/** `ROUNDS=50 npx vitest run test/refresh/rounds.test.ts` for the long form. */
const ROUNDS = Number(process.env.ROUNDS ?? 2);

describeMostServers('two servers and a command line on one %s database', (dialect) => {
  let upstream: Upstream;
  let testDatabase: TestDatabase;
  let folder: string;
  let servers: Program[];

  beforeAll(async () => {
    upstream = await startUpstream();
    testDatabase = await createTestDatabase(dialect);
    folder = await mkdtemp(join(tmpdir(), 'country-exchange-rounds-'));
    servers = [start(SERVER), start(SERVER)];
    await Promise.all(servers.map((server) => server.logged(/http:\/\/[\d.:]+\/graphql/)));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await testDatabase.remove();
    await upstream.close();
    await rm(folder, { recursive: true });
  });

  const start = (file: URL, ...args: string[]) =>
    new Program(file, args, {
      ...settings(upstream, testDatabase.url, { CACHE_DIR: folder, API_TIMEOUT: '20' }),
      LOG_LEVEL: 'info',
      PORT: '0',
      REFRESH_ON_START: 'never',
    });

  it(`refresh once each round, and all three report the same refresh, ${ROUNDS} times`, {
    timeout: ROUNDS * 20_000,
  }, async () => {
    const winners: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) winners.push(await play(round));
    console.log(`rounds won by the first server, the second and the command line: ${tally(winners)}`);
  });

  /** All three begin within the same second; no source answers before the last of them has. */
  async function play(round: number): Promise<number> {
    const { handler, open } = held();
    upstream.answer('restcountries-v3', handler);
    const commandLine = start(COMMAND_LINE, 'refresh');
    const started = await Promise.all([
      ...servers.map(async (server) => {
        await sleep(Math.random() * 600);
        return refreshOn(server);
      }),
      commandLine.logged(/"refresh":"([\w-]+)","joined":(\w+).*"refresh started"/).then(([, id, joined]) => ({
        id,
        joined: joined === 'true',
      })),
    ]);
    open();
    expect(await commandLine.ended).toBe(0);
    expect(started.map(({ id }) => id)).toEqual(started.map(() => started[0]?.id));
    expect(started.map(({ joined }) => joined).sort()).toEqual([false, true, true]);
    await commandLine.logged(new RegExp(`report: ${started[0]?.id}`));
    const reports = await testDatabase.database.kysely.selectFrom('refreshes').select('state').execute();
    expect(reports.map(({ state }) => state)).toEqual(Array(round).fill('SUCCEEDED'));
    // Until a server has noticed that the refresh of another process has ended, it lets callers join that one.
    for (const server of servers) await expect.poll(() => runningOn(server)).toBeNull();
    return started.findIndex(({ joined }) => !joined);
  }
});

function tally(winners: number[]): string {
  return [0, 1, 2].map((who) => winners.filter((winner) => winner === who).length).join(', ');
}

async function runningOn(server: Program): Promise<unknown> {
  const [url = ''] = await server.logged(/http:\/\/[\d.:]+\/graphql/);
  const { data } = await createClient(url).post('{ status { running { id } } }');
  return (data?.status as { running: unknown } | undefined)?.running;
}

async function refreshOn(server: Program): Promise<{ id: string | undefined; joined: boolean }> {
  const [url = ''] = await server.logged(/http:\/\/[\d.:]+\/graphql/);
  const mutation = 'mutation { refreshCountries(input: { wait: false }) { id joined } }';
  const { data } = await createClient(url).post(mutation);
  return data?.refreshCountries as { id: string; joined: boolean };
}
