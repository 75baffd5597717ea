import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database, Writer } from '../../src/db/database.js';
import { describeEachServer } from '../databases.js';
import {
  type BatchStage,
  openedWriter,
  openStage,
  options,
  type Stored,
  stored,
  storedAfter,
  version,
} from './batch-stage.js';
import { bytes, type Cut, type CuttingProxy, type Passed, startProxy } from './cutting-proxy.js';

describeEachServer('a transaction in one batch on %s whose connection is cut', (dialect) => {
  let stage: BatchStage;
  let test: BatchStage['test'];
  let far: Database;
  let proxy: CuttingProxy;
  let run: CleanRun;

  beforeAll(async () => {
    stage = await openStage(dialect);
    ({ test, far, proxy } = stage);
    run = await cleanRun();
  });
  afterAll(() => stage?.remove());

  it('is one of three commands and eight statements', () => {
    expect(run.commands.length).toBeGreaterThanOrEqual(3);
    expect(run.statements.map(({ text }) => text.split(' ').slice(0, 3).join(' ').replaceAll('"', '`'))).toEqual([
      'begin',
      'update `refresh_lease` set',
      'insert into `countries`',
      'insert into `countries`',
      'update `countries` set',
      'insert into `refreshes`',
      'update `data_version` set',
      'commit',
    ]);
  });

  it('at any command to the server is stored exactly once', async () => {
    for (const cut of run.commands.flatMap(cutsAround)) expect(await write([cut])).toBe('stored');
  });

  it('at any statement of the batch is stored exactly once', async () => {
    for (const cut of run.statements.flatMap(cutsAround)) expect(await write([cut])).toBe('stored');
  });

  it('at any statement, with the next one cut too, is stored or fails, and the writer knows which', async () => {
    for (const cut of run.statements.flatMap(cutsAround)) {
      const outcome = await write([cut, cut]);
      // What the server has received in full may be done before it notices the loss of its client. On PostgreSQL the
      // next connection is the one that ends the lost session.
      if (outcome === 'stored' && dialect === 'mysql') expect(cut.afterBytes).toBe(run.inAll.toServer);
    }
  });

  it('anywhere in the answer is stored, and is known to be', async () => {
    const { toBatch, inAll } = run;
    expect(inAll.toClient - toBatch.toClient).toBeGreaterThan(50);
    for (let at = toBatch.toClient; at < inAll.toClient; at++) {
      expect(await write([{ direction: 'toClient', afterBytes: at }])).toBe('stored');
    }
  });

  it('anywhere while it is being opened is sent statement by statement', async () => {
    for (const at of [0, 1, 50, run.toBatch.toClient - 1]) {
      expect(await write([{ direction: 'toClient', afterBytes: at }])).toBe('stored');
    }
  });

  // Nothing can hold up a `begin`, before which nothing has been done.
  describe.each(['cut', 'killed'] as const)('or %s while the server is', (how) => {
    it.each([
      ['at the fence', 1, 'select * from refresh_lease for update'],
      ['at the first batch', 2, "select * from countries where code = 'AA' for update"],
      ['at the second batch', 3, "select * from countries where code = 'AB' for update"],
      ['at an update', 4, "select * from countries where code = 'ZZ' for update"],
      [
        'at the report',
        5,
        'insert into refreshes select ?, state, started_at, null, report, sequence from refreshes limit 1',
      ],
      ['at the data version', 6, 'select * from data_version for update'],
    ])('%s, is stored exactly once', async (_, at, lock) => {
      await writeHeldUp(how, at, ['begin', lock], 'rollback');
    });

    it('at the commit, is stored exactly once', async ({ skip }) => {
      const { rows } = await sql<{ server: string }>`select version() as server`.execute(test.database.kysely);
      // Only MariaDB can hold up a commit alone.
      skip(!rows[0]?.server.includes('MariaDB'));
      await writeHeldUp(how, 7, ['backup stage start', 'backup stage block_commit'], 'backup stage end');
    });
  });

  it('for good fails, and the data are old or new', async () => {
    const passing = await startProxy(Number(new URL(test.url).port));
    const database = await stage.connectThrough(passing);
    const writer = await openedWriter(database, passing);
    const before = await stored(test.database);
    const writing = writer.write(version(database, 'for good'), options(database, 'for good'));
    passing.refuseAll();
    await expect(writing).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    writer.close();
    await allWritersGone();
    expect([before, storedAfter(before, 'for good')]).toContainEqual(await stored(test.database));
    await passing.close();
  });

  /** At every moment it is there whole or not at all; the writer knows which, and the next one is stored. */
  async function write(cuts: Cut[]): Promise<'stored' | 'failed'> {
    const name = nextName();
    const watched = await watch(test.database, name);
    await stage.dropFar();
    proxy.cutNext(...cuts);
    const writer = far.openWriter();
    const outcome = await outcomeOf(writer.write(version(far, name), options(far, name)));
    proxy.cutNext();
    expect(await watched.end()).toEqual(outcome === 'stored' ? watched.new : watched.old);
    await writeTheNext(writer);
    await allWritersGone();
    return outcome;
  }

  /** Another session holds up the statement while the connection is lost, and its repetition too. */
  async function writeHeldUp(how: 'cut' | 'killed', at: number, holdUp: string[], letGo: string): Promise<void> {
    const name = nextName();
    const text = run.statements[at]?.text.replaceAll(run.name, name) ?? '';
    const writer = await openedWriter(far, proxy);
    const watched = await watch(test.database, name);
    const { writing } = await test.database.kysely.connection().execute(async (other) => {
      const execute = (statement: string) => sql.raw(statement.replace('?', `'${name}'`)).execute(other);
      for (const statement of holdUp) await execute(statement);
      try {
        const writing = writer.write(version(far, name), options(far, name));
        const lost = await sessionAt(text);
        if (how === 'cut') proxy.cutNow();
        else await stage.sessions.kill(lost).execute(other);
        await sessionAt(text, lost);
        expect(await stored(test.database)).toEqual(watched.old);
        // In an object, or it would be awaited before it is released.
        return { writing };
      } finally {
        await execute(letGo);
      }
    });
    await writing;
    expect(await watched.end()).toEqual(watched.new);
    await writeTheNext(writer);
    await allWritersGone();
  }

  /** The server takes a moment to see that a writer has gone. */
  async function allWritersGone(): Promise<void> {
    await stage.dropFar();
    await vi.waitFor(async () => expect(await stage.writers()).toEqual([]), { interval: 5, timeout: 5_000 });
  }

  async function writeTheNext(writer: Writer): Promise<void> {
    const before = await stored(test.database);
    const name = nextName();
    await writer.write(version(far, name), options(far, name));
    writer.close();
    expect(await stored(test.database)).toEqual(storedAfter(before, name));
  }

  /** The session that is executing this, other than `besides`. */
  async function sessionAt(text: string, besides?: number): Promise<number> {
    for (const deadline = performance.now() + 5_000; performance.now() < deadline; await delay(5)) {
      // MySQL 9 cannot list its sessions while one of them executes a statement with an emoji.
      const { rows } = await stage.sessions.all.execute(test.database.kysely).catch(() => ({ rows: [] }));
      const begin = dialect === 'postgres' ? 'begin;' : text;
      const found = rows.find(({ id, at }) => at?.startsWith(begin) && id !== besides);
      if (found) return found.id;
    }
    throw new Error(`no session is at ${text}`);
  }

  async function cleanRun(): Promise<CleanRun> {
    const name = nextName();
    await stage.dropFar();
    const writer = far.openWriter();
    await writer.write(version(far, name), options(far, name));
    const passed = proxy.passed();
    const lastAnswer = passed.findLastIndex(({ direction }) => direction === 'toServer') + 1;
    const batch = passed.findLastIndex(({ direction }, at) => direction === 'toClient' && at < lastAnswer) + 1;
    const count = (some: readonly Passed[]) => ({
      toServer: bytes(some, 'toServer'),
      toClient: bytes(some, 'toClient'),
    });
    const [toBatch, inAll] = [count(passed.slice(0, batch)), count(passed)];
    const commands = commandsOf(passed);
    writer.close();
    await allWritersGone();
    return { name, toBatch, inAll, commands, statements: statementsOf(commands.at(-1)) };
  }
});

interface CleanRun {
  name: string;
  /** How many bytes pass each way before the batch and in all. */
  toBatch: Record<Cut['direction'], number>;
  inAll: Record<Cut['direction'], number>;
  commands: Piece[];
  statements: Piece[];
}

/** A part of what is sent to the server. */
interface Piece {
  begin: number;
  end: number;
  text: string;
}

/** What is sent without an answer in between. */
function commandsOf(passed: readonly Passed[]): Piece[] {
  const commands: Piece[] = [];
  let sent = 0;
  for (const [at, { direction, data }] of passed.entries()) {
    if (direction === 'toClient') continue;
    const last = passed[at - 1]?.direction === 'toServer' ? commands.pop() : undefined;
    const text = (last?.text ?? '') + data.toString('latin1');
    commands.push({ begin: last?.begin ?? sent, end: sent + data.length, text });
    sent += data.length;
  }
  return commands;
}

/** The head of the packet precedes its text. It is longer for a MySQL server, which takes query attributes. */
function statementsOf({ begin: sent, text: packet }: Piece = { begin: 0, end: 0, text: '' }): Piece[] {
  const head = packet.indexOf('begin');
  let begin = sent + head;
  return packet
    .slice(head)
    .replace(/\0$/, '')
    .split(';')
    .map((text) => {
      const piece = { begin, end: begin + text.length, text };
      begin = piece.end + 1;
      return piece;
    });
}

/** Before its first byte, after that, in its middle and after its last. */
function cutsAround({ begin, end }: Piece): Cut[] {
  const direction = 'toServer';
  return [
    { direction, afterBytes: begin, whenMoreComes: true },
    ...[begin + 1, (begin + end) >> 1, end].map((afterBytes) => ({ direction, afterBytes }) as const),
  ];
}

let names = 0;

/** Names of the same length, so that every run sends the same number of bytes. */
function nextName(): string {
  names += 1;
  return `version ${String(names).padStart(6, '0')}`;
}

async function outcomeOf(writing: Promise<void>): Promise<'stored' | 'failed'> {
  try {
    await writing;
    return 'stored';
  } catch (error) {
    expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    return 'failed';
  }
}

/** Checks all the time whether the version is there whole or not at all; at the end, returns what is there. */
async function watch(database: Database, name: string) {
  const before = await stored(database);
  const after = storedAfter(before, name);
  const between: Stored[] = [];
  let isOn = true;
  const look = async () => {
    const seen = await stored(database);
    if (![before, after].some((whole) => isDeepStrictEqual(seen, whole))) between.push(seen);
    return seen;
  };
  const looking = (async () => {
    for (; isOn; await delay(1)) await look();
  })();
  const end = async () => {
    isOn = false;
    await looking;
    expect(between).toEqual([]);
    return look();
  };
  return { old: before, new: after, end };
}
