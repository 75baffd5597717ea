import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, inject, it } from 'vitest';
import { connectDatabase } from '../../../src/db/connect.js';
import { MIGRATIONS } from '../../../src/db/migrate.js';
import { ConfigError, DatabaseUnavailableError } from '../../../src/errors.js';
import { createTestDatabase } from '../../databases.js';
import { countryRow } from '../rows.js';

describe('an SQLite file', () => {
  it('is created with its folder, relative to the working directory', async () => {
    const path = join(newPath(), 'deep', 'x.db');
    const database = await connect(`sqlite:${relative(process.cwd(), path)}`);
    await database.close();
    expect((await stat(path)).isFile()).toBe(true);
  });

  it('may be in memory only', async () => {
    const database = await connect('sqlite::memory:');
    expect(await database.migrate()).toEqual(Object.keys(MIGRATIONS));
    await database.close();
  });

  it('keeps what is committed even when the power fails, and lets others read while one writes', async () => {
    const { database, remove } = await createTestDatabase('sqlite');
    const settings = await sql`
      select synchronous, journal_mode, foreign_keys
      from pragma_synchronous, pragma_journal_mode, pragma_foreign_keys
    `.execute(database.kysely);
    expect(settings.rows).toEqual([{ synchronous: 2, journal_mode: 'wal', foreign_keys: 1 }]);
    await remove();
  });

  it('reads one row the same as several, and is not held open by the read', async () => {
    const { database, url, remove } = await createTestDatabase('sqlite');
    const found = (code: string, limit: number) =>
      database.kysely
        .selectFrom('countries')
        .selectAll()
        .where('code', '>=', code)
        .orderBy('code')
        .limit(limit)
        .execute();
    expect(await found('A', 1)).toEqual([]);
    await database.kysely
      .insertInto('countries')
      .values([countryRow('CH'), countryRow('CI')])
      .execute();
    for (const code of ['A', 'CI', 'ZZ']) {
      expect(await found(code, 1)).toEqual((await found(code, 2)).slice(0, 1));
    }
    const other = await connect(url);
    await other.kysely.deleteFrom('countries').where('code', '=', 'CI').execute();
    expect(await found('CI', 1)).toEqual([]);
    const { rows } = await sql`pragma wal_checkpoint(truncate)`.execute(other.kysely);
    expect(rows).toMatchObject([{ busy: 0 }]);
    await other.close();
    await remove();
  });

  it('is complete on its own once it is closed, so that it can be copied', async () => {
    const { database, url } = await createTestDatabase('sqlite');
    await database.kysely.insertInto('countries').values(countryRow('CH')).execute();
    await database.close();
    const path = url.slice('sqlite:'.length);
    await copyFile(path, `${path}.copy`);
    const copy = await connect(`${url}.copy`);
    expect(await copy.kysely.selectFrom('countries').selectAll().execute()).toEqual([countryRow('CH')]);
    await copy.close();
  });

  it.each(['sqlite:', 'sqlite:///var/lib/x.db', 'sqlite://x.db'])('cannot be named by %s', async (url) => {
    const failure = await failureOf(connect(url));
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure.message).toBe(
      `DATABASE_URL is "${url}", but must be sqlite:PATH, for instance sqlite:data/country-exchange.db or sqlite:/var/lib/country-exchange.db`,
    );
  });
});

describe('one clear line says', () => {
  it('that the file is not a database', async () => {
    const path = newPath();
    await writeFile(path, 'A letter to my aunt. '.repeat(100));
    await expectLine(
      connect(`sqlite:${path}`),
      `The SQLite file ${path} is not a SQLite database: DATABASE_URL must name another file, or one that does not exist yet`,
    );
  });

  it('that the folder cannot be created', async () => {
    const file = newPath();
    await writeFile(file, '');
    const path = join(file, 'folder', 'x.db');
    const failure = await failureOf(connect(`sqlite:${path}`));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(`The SQLite file ${path} cannot be created (ENOTDIR`);
  });

  it('that the file cannot be opened', async () => {
    const path = newPath();
    await mkdir(path);
    await expectLine(
      connect(`sqlite:${path}`),
      `The SQLite file ${path} cannot be opened: DATABASE_URL must name a file that this user may read and write, in a folder that it may write to`,
    );
  });

  it('that the file may not be written', async () => {
    const { database, url, remove } = await createTestDatabase('sqlite');
    await sql`pragma query_only = on`.execute(database.kysely);
    await expectLine(
      database.kysely.insertInto('countries').values(countryRow('CH')).execute(),
      `The SQLite file ${url.slice(7)} may not be written: check the owner of the file and its folder, and that the disk is not mounted read-only`,
    );
    await remove();
  });

  it('that the disk is full, and leaves everything as it was', async () => {
    const { database, url, remove } = await createTestDatabase('sqlite');
    await sql`pragma max_page_count = 1`.execute(database.kysely);
    const rows = [countryRow('CH'), countryRow('DE', { capitals: 'x'.repeat(100_000) })];
    await expectLine(
      database.writeAtomically(database.upsert('countries', rows, ['code'], 1)),
      `The SQLite file ${url.slice(7)} cannot grow: the disk is full`,
    );
    await sql`pragma max_page_count = 1000000`.execute(database.kysely);
    expect(await database.kysely.selectFrom('countries').selectAll().execute()).toEqual([]);
    await database.writeAtomically(database.upsert('countries', rows, ['code'], 1));
    await remove();
  });
});

describe('values that libsql cannot bind', () => {
  it('are stored as what they mean', async () => {
    const { database, remove } = await createTestDatabase('sqlite');
    const values = sql`select
      ${true} as yes, ${false} as no, ${undefined} as absent, ${12n} as big,
      ${new Date(Date.UTC(2026, 0, 1))} as moment
    `;
    const { rows } = await values.execute(database.kysely);
    expect(rows).toEqual([{ yes: 1, no: 0, absent: null, big: 12, moment: '2026-01-01 00:00:00.000' }]);
    await remove();
  });

  it('are refused where they would be cut off', async () => {
    const { database, remove } = await createTestDatabase('sqlite');
    const insert = database.kysely.insertInto('countries').values(countryRow('CH', { name: 'a\0b' }));
    await expect(insert.execute()).rejects.toThrow('SQLite cannot store text with a NUL character');
    await remove();
  });
});

function newPath(): string {
  return join(inject('testFolder'), randomUUID());
}

function connect(url: string) {
  return connectDatabase({ url, caFile: undefined, poolSize: 1, maxOverflow: 0 });
}

async function expectLine(promise: Promise<unknown>, line: string): Promise<void> {
  const failure = await failureOf(promise);
  expect(failure).toBeInstanceOf(DatabaseUnavailableError);
  expect(failure.message).toBe(line);
  expect(failure.cause).toBeInstanceOf(Error);
}

function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('It did not fail'),
    (error: Error) => error,
  );
}
