import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { createConnection } from 'mysql2/promise';
import { expect } from 'vitest';
import { DatabaseUnavailableError } from '../../../src/errors.js';
import { blockProcess } from '../../processes.js';
import {
  ENOUGH,
  expectAllToWork,
  expectEnough,
  expectReadOnly,
  expectUnavailable,
  failureOf,
  PATIENT,
  READ_ONLY,
  refresh,
  type Scene,
  type ServerSetting,
  WORKS,
} from './server-scene.js';

export const MYSQL_SETTINGS: ServerSetting[] = [
  works('`autocommit = 0`', 'set global autocommit = 0'),
  works("`init_connect = 'set autocommit = 0'`", "set global init_connect = 'set autocommit = 0'"),
  works('`completion_type = CHAIN`', "set global completion_type = 'CHAIN'"),
  works('`completion_type = RELEASE`', "set global completion_type = 'RELEASE'"),
  works('`sql_mode` empty', "set global sql_mode = ''"),
  works(
    '`sql_mode` with ANSI, NO_BACKSLASH_ESCAPES and TRADITIONAL',
    "set global sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,TRADITIONAL'",
  ),
  { ...works('`sql_mode = ORACLE`', "set global sql_mode = 'ORACLE'"), only: 'MariaDB' },
  works('`sql_select_limit = 100`', 'set global sql_select_limit = 100'),
  works('`max_join_size = 1`', 'set global max_join_size = 1'),
  works('`sql_safe_updates = 1`', 'set global sql_safe_updates = 1'),
  works('`foreign_key_checks = 0`', 'set global foreign_key_checks = 0'),
  works('`time_zone`', "set global time_zone = '+13:00'"),
  transaction('isolation level read uncommitted', 'isolation level repeatable read'),
  transaction('isolation level serializable', 'isolation level repeatable read'),
  transaction('read only', 'read write'),
  works('`innodb_default_row_format = compact`', "set global innodb_default_row_format = 'compact'"),
  works('`innodb_default_row_format = redundant`', "set global innodb_default_row_format = 'redundant'"),
  {
    setting: 'a database in latin1',
    happens: WORKS,
    set: [],
    run: async (scene) => {
      await scene.administer(`alter database ${scene.user} character set latin1`);
      await expectAllToWork(scene);
    },
  },
  works('`default_storage_engine = MyISAM`', "set global default_storage_engine = 'MyISAM'"),
  works('`innodb_lock_wait_timeout = 1`', 'set global innodb_lock_wait_timeout = 1'),
  works('`max_prepared_stmt_count = 0`', 'set global max_prepared_stmt_count = 0'),
  { ...works('`sql_require_primary_key = 1`', 'set global sql_require_primary_key = 1'), only: 'MySQL' },
  { ...works('`innodb_force_primary_key = 1`', 'set global innodb_force_primary_key = 1'), only: 'MariaDB' },
  {
    ...works('`max_allowed_packet = 65536`', 'set global max_allowed_packet = 65536'),
    happens: 'works, with a refresh in several packets',
    run: async (scene) => {
      await scene.apply();
      await expectAllToWork(scene, { REFRESH_BATCH_SIZE: '1000' });
    },
  },
  {
    setting: '`max_allowed_packet = 1024`',
    happens: 'does not start: less than 65536 is too little',
    set: ['set global max_allowed_packet = 1024'],
    run: async (scene) => {
      await scene.apply();
      const failure = await failureOf(scene.startApp());
      expect(failure).toBeInstanceOf(DatabaseUnavailableError);
      expect(failure.message).toMatch(
        /^The database at 127\.0\.0\.1:\d+ takes statements of at most 1024 bytes \(max_allowed_packet\): set it to 65536 or more$/,
      );
    },
  },
  {
    setting: '`max_user_connections = 2`',
    happens: ENOUGH,
    set: [],
    run: async (scene) => {
      await scene.administer(`alter user '${scene.user}'@'%' with max_user_connections 2`);
      await expectEnough(scene);
    },
  },
  {
    setting: '`max_connections` reached',
    happens: PATIENT,
    set: ['set global max_connections = 10'],
    run: async (scene) => {
      await scene.apply();
      const others = await takeAllConnections(scene.url);
      const starting = scene.startApp();
      await delay(1_000);
      for (const other of others) other.destroy();
      expect(await refresh(await starting)).toMatchObject({ inserted: 250 });
    },
  },
  {
    setting: '`wait_timeout = 1`',
    happens: 'works: what an idle connection was to do is done on a new one',
    set: ['set global wait_timeout = 1'],
    run: async (scene) => {
      await scene.apply();
      const { kysely, migrate, writeAtomically } = await scene.connect();
      await migrate();
      const update = kysely.updateTable('data_version').set((eb) => ({ version: eb('version', '+', 1) }));
      // The close by the server is read only after the next query has been sent.
      blockProcess(1_700);
      expect(await kysely.selectFrom('data_version').selectAll().execute()).toEqual([{ id: 1, version: 0 }]);
      blockProcess(1_700);
      await update.execute();
      blockProcess(1_700);
      await writeAtomically([update], { keepsDataVersion: true });
      expect(await kysely.selectFrom('data_version').selectAll().execute()).toEqual([{ id: 1, version: 2 }]);
      await expectAllToWork(scene);
    },
  },
  {
    setting: '`max_statement_time = 0.1`',
    only: 'MariaDB',
    happens: 'a statement that takes longer fails with `DATABASE_UNAVAILABLE`',
    set: ['set global max_statement_time = 0.1'],
    run: expectTimeLimit,
  },
  {
    setting: '`max_execution_time = 100`',
    only: 'MySQL',
    happens: 'a query that takes longer fails with `DATABASE_UNAVAILABLE`',
    set: ['set global max_execution_time = 100'],
    run: expectTimeLimit,
  },
  {
    setting: '`read_only = 1`',
    happens: READ_ONLY,
    set: ['set global read_only = 1'],
    run: expectReadOnly,
  },
  {
    setting: '`super_read_only = 1`',
    only: 'MySQL',
    happens: READ_ONLY,
    set: ['set global super_read_only = 1'],
    unset: ['set global super_read_only = 0', 'set global read_only = 0'],
    run: expectReadOnly,
  },
  {
    setting: '`offline_mode = 1`',
    only: 'MySQL',
    happens: 'queries fail with `DATABASE_UNAVAILABLE` until it is over, without a restart',
    set: ['set global offline_mode = 1'],
    run: async (scene) => {
      const app = await scene.startApp();
      await scene.apply();
      await expectUnavailable(app, '{ countryStats { count } }');
      await scene.revoke();
      expect(await refresh(app)).toMatchObject({ inserted: 250 });
    },
  },
];

function works(setting: string, statement: string): ServerSetting {
  return { setting, happens: WORKS, set: [statement] };
}

function transaction(wanted: string, usual: string): ServerSetting {
  const unset = [`set global transaction ${usual}`];
  return { ...works(`transactions: ${wanted}`, `set global transaction ${wanted}`), unset };
}

async function expectTimeLimit(scene: Scene): Promise<void> {
  await scene.apply();
  const { kysely } = await scene.connect();
  const columns = sql.raw('information_schema.columns');
  const long = sql`select sum(crc32(a.column_name)) from ${columns} a, ${columns} b, ${columns} c`;
  const failure = await failureOf(long.execute(kysely));
  expect(failure).toBeInstanceOf(DatabaseUnavailableError);
  expect(failure.message).toMatch(/ended a statement \(.*\): raise max_execution_time or max_statement_time there/);
}

async function takeAllConnections(url: string) {
  const connections: Awaited<ReturnType<typeof createConnection>>[] = [];
  for (;;) {
    try {
      connections.push(await createConnection(url));
    } catch (error) {
      expect((error as { code?: string }).code).toBe('ER_CON_COUNT_ERROR');
      return connections;
    }
  }
}
