import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database, Statement } from '../../src/db/database.js';
import { describeEachServer } from '../databases.js';
import { type BatchStage, openedWriter, openStage, options, stored, version } from './batch-stage.js';
import type { CuttingProxy, Direction } from './cutting-proxy.js';
import { codes, countryRow } from './rows.js';

describeEachServer('a transaction in one batch on %s', (dialect) => {
  let stage: BatchStage;
  let test: BatchStage['test'];
  let far: Database;
  let proxy: CuttingProxy;

  beforeAll(async () => {
    stage = await openStage(dialect);
    ({ test, far, proxy } = stage);
  });
  afterAll(() => stage?.remove());

  it('costs one round trip once its writer is open', async () => {
    const writer = await openedWriter(far, proxy);
    const before = proxy.passed().length;
    await writer.write(version(far, 'one'), options(far, 'one'));
    const since = proxy.passed().slice(before);
    expect(directions(since)).toEqual(['toServer', 'toClient']);
    writer.close();
    expect((await stored(test.database)).names).toEqual(['one', 'one']);
  });

  it.runIf(dialect === 'mysql')('leaves no session at the server when its writer is closed', async () => {
    await expect.poll(() => stage.writers()).toEqual([]);
    const writer = await openedWriter(far, proxy);
    expect(await stage.writers()).toHaveLength(1);
    writer.close();
    await expect.poll(() => stage.writers()).toEqual([]);
  });

  // A PostgreSQL server accepts several at once in every session.
  it.runIf(dialect === 'mysql')(
    'is sent statement by statement, with one warning, where several at once are refused',
    async () => {
      const { warnings, connectThrough } = stage;
      warnings.length = 0;
      const database = await connectThrough(proxy);
      for (const name of ['refused', 'refused again']) {
        proxy.changeNext(withoutMultipleStatements);
        const writer = database.openWriter();
        await writer.write(version(database, name), options(database, name));
        writer.close();
        expect((await stored(test.database)).names).toEqual([name, name]);
      }
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('SQL syntax');
    },
  );

  it.runIf(dialect === 'postgres')('has a connection of the pool only while it writes', async () => {
    const writer = await openedWriter(far, proxy);
    expect(far.poolState()).toEqual({ inUse: 0, idle: 1, waiting: 0 });
    const writing = writer.write(version(far, 'pooled'), options(far, 'pooled'));
    await expect.poll(() => far.poolState()?.inUse, { interval: 1 }).toBe(1);
    await writing;
    expect(far.poolState()).toEqual({ inUse: 0, idle: 1, waiting: 0 });
    writer.close();
  });

  it('begins again after a deadlock', async () => {
    const rows = codes(20).map((code) => countryRow(code));
    await far.writeAtomically(far.upsert('countries', rows, ['code'], 100));
    const waiting = async () => {
      const { rows } = await stage.sessions.waitingForLocks.execute(test.database.kysely);
      return Number(rows[0]?.count);
    };
    const writer = await openedWriter(far, proxy);
    const ours = await test.database.kysely.transaction().execute(async (other) => {
      await stage.sessions.letOthersDie(other);
      // It has changed more rows than ours, so MySQL rolls ours back.
      await other.updateTable('countries').set({ region: 'Other' }).where('code', '>', 'AA').execute();
      const writing = writer.write([rename('AA'), rename('AB')], options(far, '-'));
      await expect.poll(waiting, { interval: 250, timeout: 10_000 }).toBe(1);
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

  function rename(code: string): Statement {
    return far.kysely.updateTable('countries').set({ name: 'Ours' }).where('code', '=', code);
  }
});

function directions(passed: readonly { direction: Direction }[]): Direction[] {
  return passed.map(({ direction }) => direction).filter((direction, at, all) => direction !== all[at - 1]);
}

/** The capability flag of the client's greeting that asks for it. */
function withoutMultipleStatements(greeting: Buffer): void {
  greeting.writeUInt8(greeting.readUInt8(6) & ~1, 6);
}
