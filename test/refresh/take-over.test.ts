import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { settings } from '../app.js';
import { describeMostDatabases, type TestDatabase } from '../databases.js';
import { program } from '../programs.js';
import { silence } from '../upstream/faults.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

/** `ROUNDS=20 npx vitest run test/refresh/take-over.test.ts` for the long form. */
const ROUNDS = Number(process.env.ROUNDS ?? 2);

describe('when the process that holds the lease is killed', () => {
  describeMostDatabases((open) => {
    let upstream: Upstream;
    let testDatabase: TestDatabase;
    let folder: string;
    const processes: Refresher[] = [];

    beforeAll(async () => {
      upstream = await startUpstream();
      testDatabase = await open();
      folder = await mkdtemp(join(tmpdir(), 'country-exchange-take-over-'));
    });
    afterEach(() => Promise.all(processes.splice(0).map((it) => it.kill())));
    afterAll(async () => {
      await upstream.close();
      await rm(folder, { recursive: true });
    });

    const start = async () => {
      const refresher = new Refresher(settings(upstream, testDatabase.url, { CACHE_DIR: folder }));
      processes.push(refresher);
      await refresher.printed('ready');
      return refresher;
    };

    it(`one of three that wait takes over, and all get its report, ${ROUNDS} times`, {
      timeout: 20_000 + ROUNDS * 20_000,
    }, async () => {
      const waiting = await Promise.all([start(), start(), start()]);
      for (let round = 1; round <= ROUNDS; round += 1) {
        upstream.answer('restcountries-v3', silence());
        const holder = await start();
        holder.refresh();
        await holder.printed('"joined":false');
        for (const it of waiting) it.refresh();
        await Promise.all(waiting.map((it) => it.printed('"joined":true')));
        await holder.kill();
        upstream.restore();

        const ends = await Promise.all(waiting.map((it) => it.ended()));
        expect(ends.map(({ state }) => state)).toEqual(Array(3).fill('SUCCEEDED'));
        expect(new Set(ends.map(({ id }) => id)).size).toBe(1);
        expect(ends.map(({ joined }) => joined).toSorted()).toEqual([false, true, true]);
        const reports = await testDatabase.database.kysely.selectFrom('refreshes').select('state').execute();
        expect(reports.map(({ state }) => state).toSorted()).toEqual([
          ...Array(round).fill('FAILED'),
          ...Array(round).fill('SUCCEEDED'),
        ]);
      }
    });
  });
});

interface End {
  id?: string;
  state?: string;
  joined?: boolean;
  code?: string;
}

/** A process with `children/join-refresh.ts`. */
class Refresher {
  readonly #process: ChildProcess;
  #lines: string[] = [];
  #onLine: () => void = () => undefined;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.#process = spawn(process.execPath, [fileURLToPath(program('join-refresh'))], {
      env: { PATH, HOME, TMPDIR, ...env } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface(this.#process.stdout as NodeJS.ReadableStream).on('line', (line) => {
      this.#lines.push(line);
      this.#onLine();
    });
  }

  refresh(): void {
    this.#lines = [];
    this.#process.stdin?.write('\n');
  }

  /** The first line with this text since the last refresh began. */
  async printed(text: string): Promise<string> {
    for (;;) {
      const line = this.#lines.find((it) => it.includes(text));
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => {
        this.#onLine = resolve;
      });
    }
  }

  async ended(): Promise<End> {
    return JSON.parse(await this.printed('"ended"')).ended;
  }

  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}
