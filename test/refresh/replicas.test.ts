import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settings } from '../app.js';
import { createClient } from '../client/client.js';
import { describeOneDatabase, type TestDatabase } from '../databases.js';
import { Program } from '../program.js';
import { program } from '../programs.js';
import { countryFact } from '../upstream/facts.js';
import { held } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

interface Answered {
  refreshCountries?: { id: string };
  status?: { lastRefreshedAt: string };
  refreshes?: { id: string }[];
}

/** How far ahead a process with a wrong clock is. */
const AHEAD_MS = 400 * 86_400_000;

describe('replicas of the server, and a command line, as processes of their own', () => {
  describeOneDatabase('mysql', (open) => {
    let upstream: Upstream;
    let testDatabase: TestDatabase;
    let folder: string;
    const programs: Program[] = [];

    beforeAll(async () => {
      upstream = await startUpstream();
      folder = await mkdtemp(join(tmpdir(), 'country-exchange-replicas-'));
    });
    beforeEach(async () => {
      upstream.restore();
      testDatabase = await open();
    });
    afterEach(() => Promise.all(programs.splice(0).map((it) => it.stop())));
    afterAll(async () => {
      await upstream.close();
      await rm(folder, { recursive: true });
    });

    const start = (name: 'index' | 'cli', args: string[] = [], env = {}) => {
      const started = new Program(program(name), args, {
        ...settings(upstream, testDatabase.url, { CACHE_DIR: folder, API_TIMEOUT: '20', LOG_LEVEL: 'info' }),
        PORT: '0',
        REFRESH_ON_START: 'when-empty',
        ...env,
      });
      programs.push(started);
      return started;
    };
    const serve = async () => {
      const [url = ''] = await start('index').logged(/http:\/\/[\d.:]+\/graphql/);
      const ask = async (query: string) => (await createClient(url).post(query)).data as Answered;
      const picture = async () =>
        Buffer.from(await (await fetch(url.replace('graphql', 'countries/image'))).arrayBuffer());
      return { ask, picture };
    };
    const refresh = async (env = {}) => expect(await start('cli', ['refresh'], env).ended).toBe(0);

    it('serve what one of them has stored within two seconds, with its picture', async () => {
      const replicas = [await serve(), await serve()];
      const before = await replicas[0]?.picture();
      // The picture shows the largest economies.
      countryFact(upstream.facts, 'US').population = 400_000_001;
      await refresh();
      const committedAt = performance.now();
      const query = '{ country(code: "US") { population } }';
      await Promise.all(
        replicas.map(({ ask }) =>
          expect
            .poll(() => ask(query), { interval: 20, timeout: 10_000 })
            .toEqual({
              country: { population: 400_000_001 },
            }),
        ),
      );
      expect(performance.now() - committedAt).toBeLessThan(2_000);
      const [one, other] = await Promise.all(replicas.map(({ picture }) => picture()));
      expect(one?.equals(other ?? Buffer.of())).toBe(true);
      expect(one?.equals(before ?? Buffer.of())).toBe(false);
    });

    it('are not misled by a command line whose clock is 400 days ahead', async () => {
      const { ask } = await serve();
      await refresh(clockAhead());
      const status = '{ status { stale lastRefreshedAt } }';
      await expect.poll(() => ask(status)).toMatchObject({ status: { stale: true } });
      expect(await lastRefresh(ask, status)).toBeGreaterThan(Date.now() + AHEAD_MS / 2);

      const { refreshCountries } = await ask('mutation { refreshCountries { id warnings { code } } }');
      expect(refreshCountries).toMatchObject({ warnings: expect.arrayContaining([{ code: 'CLOCK_DIFFERS' }]) });
      expect(await ask(status)).toMatchObject({ status: { stale: false } });
      expect(Math.abs((await lastRefresh(ask, status)) - Date.now())).toBeLessThan(60_000);
      const { refreshes } = await ask('{ refreshes(first: 1) { id } }');
      expect(refreshes).toEqual([{ id: refreshCountries?.id }]);
    });

    it('keep their lease from a command line whose clock is 400 days ahead, which joins them', async () => {
      const { ask } = await serve();
      const { handler, open: answer } = held();
      upstream.answer('restcountries-v3', handler);
      const running = ask('mutation { refreshCountries { id state joined } }');
      await expect
        .poll(() => ask('{ status { running { state } } }'))
        .toEqual({ status: { running: { state: 'RUNNING' } } });
      const commandLine = start('cli', ['refresh'], clockAhead());
      await commandLine.logged(/"joined":true.*"refresh started"/);
      answer();
      const { refreshCountries } = await running;
      expect(refreshCountries).toMatchObject({ state: 'SUCCEEDED', joined: false });
      expect(await commandLine.ended).toBe(0);
      await commandLine.logged(new RegExp(`report: ${refreshCountries?.id}`));
    });
  });
});

async function lastRefresh(ask: (query: string) => Promise<Answered>, query: string): Promise<number> {
  const { status } = await ask(query);
  return Date.parse(status?.lastRefreshedAt ?? '');
}

/** The program runs as on a machine whose clock is ahead. */
function clockAhead() {
  const ahead = `const real = Date.now; Date.now = () => real() + ${AHEAD_MS};
    globalThis.Date = class extends Date { constructor(...given) { super(...(given.length ? given : [Date.now()])); } };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ahead)}` };
}
