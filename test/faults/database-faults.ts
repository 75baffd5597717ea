import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '../../src/db/database.js';
import { PhaseName, PhaseState } from '../../src/refresh/phases.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import type { TestDatabase } from '../databases.js';
import { startProxy } from '../db/cutting-proxy.js';
import { sessionsOf } from '../db/sessions.js';
import { edited, late } from '../upstream/faults.js';
import type { Fault, Stage } from './fault.js';
import { failed, outcomeOf, successful } from './stage.js';

export const databaseFaults: Fault[] = [
  {
    part: 'fetch',
    name: 'Database gone before the transaction',
    done: 'every connection is cut, and refused, before the refresh begins',
    only: 'server',
    data: 'before',
    sees: /DATABASE_UNAVAILABLE/,
    async hit(stage) {
      const proxied = await throughProxy(stage);
      const { refreshes } = await stage.attempt({ database: proxied.database });
      proxied.proxy.refuseAll();
      const saw = await outcomeOf(refreshes);
      await refreshes.close();
      await proxied.close();
      return saw;
    },
  },
  {
    part: 'fetch',
    name: 'Connections killed while the sources are being asked',
    done: 'the administrator kills every connection of the database once',
    only: 'server',
    data: 'after',
    sees: /^SUCCEEDED/,
    async hit({ upstream, testDatabase, attempt }) {
      upstream.answer('restcountries-v3', late(400));
      const { refreshes } = await attempt();
      const outcome = outcomeOf(refreshes);
      await sleep(150);
      await killConnections(testDatabase);
      return outcome;
    },
  },
  {
    part: 'store',
    name: 'Database gone during the transaction',
    done: 'every connection is cut, and refused, at the moment of writing',
    only: 'server',
    data: 'either',
    sees: /DATABASE_UNAVAILABLE|^SUCCEEDED/,
    async hit(stage) {
      const proxied = await throughProxy(stage);
      const { refreshes } = await stage.attempt({ database: proxied.database });
      onStore(refreshes, () => proxied.proxy.refuseAll());
      const saw = await outcomeOf(refreshes);
      await refreshes.close();
      await proxied.close();
      return saw;
    },
  },
  {
    part: 'store',
    name: 'Connections killed during the transaction',
    done: 'the administrator kills every connection at the moment of writing',
    only: 'server',
    data: 'either',
    sees: /DATABASE_UNAVAILABLE|^SUCCEEDED/,
    async hit({ testDatabase, attempt }) {
      const { refreshes } = await attempt();
      let killed: Promise<void> | undefined;
      onStore(refreshes, () => {
        killed = killConnections(testDatabase);
      });
      const saw = await outcomeOf(refreshes);
      await killed;
      return saw;
    },
  },
  {
    part: 'picture',
    name: 'Database gone after the transaction',
    done: 'every connection is cut, and refused, once the data are stored',
    only: 'server',
    data: 'after',
    sees: /^SUCCEEDED/,
    async hit(stage) {
      const proxied = await throughProxy(stage);
      const draw = async () => proxied.proxy.refuseAll();
      const { refreshes } = await stage.attempt({ database: proxied.database, options: { draw } });
      const saw = await outcomeOf(refreshes);
      await refreshes.close();
      await proxied.close();
      return saw;
    },
  },
  {
    part: 'store',
    name: 'Rows locked by another transaction',
    done: 'another transaction holds a country when writing begins, and then ends',
    data: 'after',
    sees: /^SUCCEEDED/,
    hit: (stage) => hitByLock(stage),
  },
  {
    part: 'store',
    name: 'Deadlock',
    done: 'another transaction has locked most countries, and then waits for the one that the refresh holds',
    only: 'server',
    data: 'after',
    sees: /^SUCCEEDED/,
    async hit({ connect, attempt }) {
      const other = await connect();
      const { refreshes } = await attempt();
      let begun = () => {};
      const storing = new Promise<void>((resolve) => {
        begun = resolve;
      });
      onStore(refreshes, () => begun());
      const outcome = await other.kysely.transaction().execute(async (transaction) => {
        await sessionsOf(other).letOthersDie(transaction);
        await transaction.updateTable('countries').set({ region: 'Asia' }).where('code', '>', 'AD').execute();
        const running = outcomeOf(refreshes);
        await storing;
        await sleep(300);
        await transaction.updateTable('countries').set({ region: 'Asia' }).where('code', '=', 'AD').execute();
        // In an object, or the transaction would wait for it before it commits.
        return { running };
      });
      return outcome.running;
    },
  },
  {
    part: 'store',
    name: 'Disk full',
    done: 'the database file cannot grow any more',
    only: 'sqlite',
    data: 'before',
    sees: /cannot grow/,
    async hit({ connect, attempt }) {
      const database = await connect();
      // What is free inside the file would do for a few rows.
      await sql`vacuum`.execute(database.kysely);
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.kysely);
      await sql`pragma max_page_count = ${sql.raw(String(rows[0]?.page_count))}`.execute(database.kysely);
      const saw = await (await attempt({ database })).outcome();
      await sql`pragma max_page_count = 1073741823`.execute(database.kysely);
      return saw;
    },
  },
  {
    part: 'store',
    name: 'Disk full under the server',
    done: 'the file system of the database server is full to its last byte, until there is room again',
    only: 'mysql',
    onSmallDisk: true,
    data: 'before',
    sees: /DATABASE_UNAVAILABLE: The disk of the database at .* is full/,
    async hit({ upstream, disk, attempt }) {
      // A few rows would fit into what is free inside the server's files; a report of many complaints does not.
      upstream.answer('restcountries-v3', edited(withRubbish));
      await disk?.fill();
      const saw = await (await attempt()).outcome();
      await disk?.makeRoom();
      return saw;
    },
  },
];

function withRubbish(countries: unknown): unknown[] {
  return [...(countries as unknown[]), ...Array.from({ length: 1_000 }, (_, index) => ({ cca2: index }))];
}

async function throughProxy({ testDatabase, connect }: Stage) {
  const target = new URL(testDatabase.url);
  const proxy = await startProxy(Number(target.port));
  target.port = String(proxy.port);
  const database = await connect({ url: target.href });
  return { proxy, database, close: () => proxy.close() };
}

async function killConnections({ database }: TestDatabase): Promise<void> {
  const { kysely } = database;
  const { own, all, kill } = sessionsOf(database);
  const { rows } = await all.execute(kysely);
  const [me] = (await sql<{ id: number }>`select ${own} as id`.execute(kysely)).rows;
  const others = rows.filter(({ id }) => id !== me?.id);
  for (const { id } of others)
    await kill(id)
      .execute(kysely)
      .catch(() => undefined);
}

function onStore(refreshes: RefreshService, act: () => void): void {
  onPhase(refreshes, PhaseName.STORE, act);
}

function onPhase(refreshes: RefreshService, name: PhaseName, act: () => void): void {
  const stop = refreshes.watch(({ phases }) => {
    if (phases.find((phase) => phase.name === name)?.state !== PhaseState.RUNNING) return;
    stop();
    act();
  });
}

/** Somebody else's transaction begins when the lease is taken, and is there when the refresh wants to write. */
async function hitByLock({ upstream, connect, attempt }: Stage): Promise<string> {
  upstream.answer('restcountries-v3', late(400));
  const other = await connect();
  const { refreshes } = await attempt();
  const { ready, done } = refreshes.start();
  await ready;
  const holding = holdCountry(other, 600);
  const saw = await done.then(successful, failed);
  await holding;
  return saw;
}

async function holdCountry({ kysely }: Database, durationMs: number): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await transaction.updateTable('countries').set({ region: 'Asia' }).where('code', '=', 'CH').execute();
    await sleep(durationMs);
  });
}
