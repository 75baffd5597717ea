import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Statement } from '../../../src/db/database.js';
import { createTestDatabase, type TestDatabase, testDialects } from '../../databases.js';
import { codes, countryRow } from '../rows.js';
import { type Cut, type CuttingProxy, type Direction, startProxy } from './cutting-proxy.js';

describe.runIf(testDialects.includes('mysql'))('a transaction in one packet', () => {
  let test: TestDatabase;
  /** The same data through the proxy. */
  let far: Database;
  let proxy: CuttingProxy;
  const warnings: string[] = [];

  beforeAll(async () => {
    test = await createTestDatabase('mysql');
    proxy = await startProxy(Number(new URL(test.url).port));
    far = await connectThrough(proxy);
    await test.database.kysely
      .insertInto('countries')
      .values(countryRow('ZZ', { population: 0 }))
      .execute();
  });
  afterAll(async () => {
    await test?.remove();
    await proxy?.close();
  });

  it('costs one round trip when the time has come', async () => {
    const writer = await openedWriter(far, proxy);
    const before = proxy.passed().length;
    await writer.write(version(far, 'one'), options(far, 'one'));
    const since = proxy.passed().slice(before);
    expect(directions(since)).toEqual(['toServer', 'toClient']);
    writer.close();
    expect((await stored(test.database)).names).toEqual(['one']);
  });

  it('leaves the server with no session when it is closed', async () => {
    const before = await sessions(test.database);
    const writer = await openedWriter(far, proxy);
    expect(await sessions(test.database)).toBe(before + 1);
    writer.close();
    await expect.poll(() => sessions(test.database)).toBe(before);
  });

  describe('whose connection is cut', () => {
    it('anywhere in the answer has happened, and is known to have', async () => {
      const { toPacket, inAll } = await cleanRun();
      expect(inAll.toClient - toPacket.toClient).toBeGreaterThan(50);
      for (let at = toPacket.toClient; at < inAll.toClient; at++) {
        const name = named(`cut in the answer after ${at} bytes`);
        proxy.cutNext({ direction: 'toClient', afterBytes: at });
        await writeOnce(name);
      }
    });

    it('anywhere before the server has the whole packet is tried again, once', async () => {
      const { toPacket, inAll } = await cleanRun();
      const size = inAll.toServer - toPacket.toServer;
      for (const at of [0, 1, 4, 5, 20, size >> 1, size - 1].map((offset) => toPacket.toServer + offset)) {
        const name = named(`cut in the packet after ${at} bytes`);
        proxy.cutNext({ direction: 'toServer', afterBytes: at });
        await writeOnce(name);
      }
    });

    it('while the server is still at it is ended there, and tried again', async () => {
      const { inAll } = await cleanRun();
      const slowly = sql`do sleep(1)`.compile(far.kysely);
      const { times } = await stored(test.database);
      // All of it arrives: "do sleep(1);" is longer by twelve bytes.
      proxy.cutNext({ direction: 'toServer', afterBytes: inAll.toServer + 12 });
      const writer = far.openWriter();
      const name = named('slowly');
      await writer.write([{ compile: () => slowly }, ...version(far, name)], options(far, name));
      writer.close();
      expect(await stored(test.database)).toMatchObject({ names: [name], times: (times ?? 0) + 1 });
    });

    it('anywhere while it was opened goes statement by statement', async () => {
      const { toPacket } = await cleanRun();
      const cuts: Cut[] = [0, 1, 50, toPacket.toClient - 1].map((at) => ({
        direction: 'toClient',
        afterBytes: at,
      }));
      for (const cut of [...cuts, { direction: 'toServer', afterBytes: toPacket.toServer - 1 } as const]) {
        const name = named(`cut ${cut.direction} after ${cut.afterBytes} bytes`);
        proxy.cutNext(cut);
        await writeOnce(name);
      }
    });

    it('for good fails, and the data are old or new', async () => {
      const sessionsBefore = await sessions(test.database);
      const passing = await startProxy(Number(new URL(test.url).port));
      const database = await connectThrough(passing);
      const writer = await openedWriter(database, passing);
      const before = await stored(test.database);
      const writing = writer.write(version(database, 'for good'), options(database, 'for good'));
      passing.refuseAll();
      await expect(writing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      writer.close();
      await expect.poll(() => sessions(test.database)).toBe(sessionsBefore);
      const after = await stored(test.database);
      expect([before.names, ['for good']]).toContainEqual(after.names);
      expect(after.ids.includes('for good')).toBe(after.names[0] === 'for good');
      await passing.close();
    }, 60_000);
  });

  it('is sent statement by statement where several are refused, which is said once', async () => {
    warnings.length = 0;
    const database = await connectThrough(proxy);
    for (const name of ['refused', 'refused again']) {
      proxy.changeNext(withoutMultipleStatements);
      const writer = database.openWriter();
      await writer.write(version(database, name), options(database, name));
      writer.close();
      expect((await stored(test.database)).names).toEqual([name]);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('SQL syntax');
  });

  it('begins again after a deadlock', async () => {
    const rows = codes(20).map((code) => countryRow(code));
    await far.writeAtomically(far.upsert('countries', rows, ['code'], 100));
    const writer = await openedWriter(far, proxy);
    const ours = await test.database.kysely.transaction().execute(async (other) => {
      // It has changed more rows than ours, so the server lets ours die.
      await other.updateTable('countries').set({ region: 'Other' }).where('code', '>', 'AA').execute();
      const writing = writer.write([rename('AA'), rename('AB')], options(far, '-'));
      await expect.poll(() => waitingTransactions(test.database), { interval: 250, timeout: 10_000 }).toBe(1);
      await other.updateTable('countries').set({ region: 'Other' }).where('code', '=', 'AA').execute();
      // In an object, or the transaction would wait for it before it commits.
      return { writing };
    });
    await ours.writing;
    writer.close();
    const renamed = await test.database.kysely
      .selectFrom('countries')
      .select(['code', 'region'])
      .where('name', '=', 'Ours')
      .orderBy('code')
      .execute();
    expect(renamed).toEqual([
      { code: 'AA', region: 'Other' },
      { code: 'AB', region: 'Other' },
    ]);
  });

  /** Succeeds, and has done it exactly once. */
  async function writeOnce(name: string): Promise<void> {
    const { times } = await stored(test.database);
    const writer = far.openWriter();
    await writer.write(version(far, name), options(far, name));
    writer.close();
    const after = await stored(test.database);
    expect(after).toEqual({ names: [name], ids: expect.arrayContaining([name]), times: (times ?? 0) + 1 });
  }

  function rename(code: string): Statement {
    return far.kysely.updateTable('countries').set({ name: 'Ours' }).where('code', '=', code);
  }

  /** How many bytes pass each way before the packet and in all. */
  async function cleanRun() {
    const name = named('a clean run');
    const writer = await openedWriter(far, proxy);
    const count = () => ({ toServer: bytes(proxy, 'toServer'), toClient: bytes(proxy, 'toClient') });
    const toPacket = count();
    await writer.write(version(far, name), options(far, name));
    const inAll = count();
    writer.close();
    return { toPacket, inAll };
  }

  async function connectThrough({ port }: CuttingProxy): Promise<Database> {
    const url = Object.assign(new URL(test.url), { port: String(port) }).href;
    return test.connect({ url, onWarning: (message) => warnings.push(message) });
  }
});

/** A writer whose connection is open and set up. */
async function openedWriter(database: Database, proxy: CuttingProxy) {
  const before = proxy.passed();
  const writer = database.openWriter();
  await expect.poll(() => proxy.passed() !== before && isQuiet(proxy)).toBe(true);
  return writer;
}

async function isQuiet(proxy: CuttingProxy): Promise<boolean> {
  const before = proxy.passed().length;
  await delay(30);
  return before >= 5 && proxy.passed().length === before && proxy.passed().at(-1)?.direction === 'toClient';
}

/** Names of one length, so that every run sends as many bytes. */
function named(text: string): string {
  return text.padEnd(40, '.');
}

/** Two countries, how often it was done, and a report. */
function version(database: Database, name: string): Statement[] {
  const rows = ['AA', 'AB'].map((code) => countryRow(code, { name }));
  const report = { id: name, state: 'SUCCEEDED', started_at: '2026-01-01 00:00:00.000', finished_at: null };
  return [
    ...database.upsert('countries', rows, ['code'], 1),
    database.kysely
      .updateTable('countries')
      .set((eb) => ({ population: eb('population', '+', 1) }))
      .where('code', '=', 'ZZ'),
    ...database.upsert('refreshes', [{ ...report, report: '{}' }], ['id'], 1),
  ];
}

function options(database: Database, id: string) {
  const hasLanded = async () => {
    const row = await database.kysely
      .selectFrom('refreshes')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row !== undefined;
  };
  return { hasLanded };
}

async function stored({ kysely }: Database) {
  const countries = await kysely.selectFrom('countries').select(['code', 'name', 'population']).execute();
  const named = countries.filter(({ code }) => code === 'AA' || code === 'AB');
  const reports = await kysely.selectFrom('refreshes').select('id').execute();
  return {
    names: [...new Set(named.map(({ name }) => name))],
    ids: reports.map(({ id }) => id),
    times: countries.find(({ code }) => code === 'ZZ')?.population,
  };
}

function bytes(proxy: CuttingProxy, direction: Direction): number {
  return proxy
    .passed()
    .filter((passed) => passed.direction === direction)
    .reduce((sum, passed) => sum + passed.bytes, 0);
}

function directions(passed: readonly { direction: Direction }[]): Direction[] {
  return passed.map(({ direction }) => direction).filter((direction, at, all) => direction !== all[at - 1]);
}

/** The capability flag of the client's greeting that asks for it. */
function withoutMultipleStatements(greeting: Buffer): void {
  greeting.writeUInt8(greeting.readUInt8(6) & ~1, 6);
}

async function sessions({ kysely }: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from information_schema.processlist where db = database()`.execute(kysely);
  return Number(rows[0]?.count);
}

/** The server answers this from a copy that it renews only when nobody has read it for a tenth of a second. */
async function waitingTransactions({ kysely }: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`.execute(
    kysely,
  );
  return Number(rows[0]?.count);
}
