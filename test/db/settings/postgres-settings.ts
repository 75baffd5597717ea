import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { DatabaseUnavailableError } from '../../../src/errors.js';
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

export const POSTGRES_SETTINGS: ServerSetting[] = [
  ofRole('`default_transaction_isolation = serializable`', WORKS, "default_transaction_isolation = 'serializable'"),
  ofRole('`standard_conforming_strings = off`', WORKS, 'standard_conforming_strings = off'),
  ofRole(
    '`idle_in_transaction_session_timeout = 1000`',
    WORKS,
    'idle_in_transaction_session_timeout = 1000',
    async (scene) => {
      await expectAllToWork(scene);
      const { kysely } = await scene.connect();
      const idling = kysely.transaction().execute(async (transaction) => {
        await delay(2_500);
        await sql`select 1`.execute(transaction);
      });
      expect((await failureOf(idling)).message).toMatch(/ was lost \(.*\): check that the server is up/);
      await sql`select 1`.execute(kysely);
    },
  ),
  limitOf('role'),
  limitOf('database'),
  {
    setting: 'the last connection is taken',
    happens: PATIENT,
    set: [],
    run: async (scene) => {
      await scene.administer(`alter role ${scene.user} connection limit 2`);
      const other = await scene.connect();
      const busy = Promise.all([1, 2].map(() => sql`select pg_sleep(1.5)`.execute(other.kysely)));
      await delay(2_500);
      const starting = scene.startApp();
      await busy;
      await other.close();
      expect(await refresh(await starting)).toMatchObject({ inserted: 250 });
    },
  },
  {
    setting: '`statement_timeout = 1`',
    happens:
      'a statement that takes longer than the millisecond fails with `DATABASE_UNAVAILABLE`, and a refresh with it',
    set: [],
    run: async (scene) => {
      const app = await scene.startApp();
      await scene.administer(`alter role ${scene.user} set statement_timeout = 1`);
      // On a slow machine, even the first statement of the connection takes longer.
      const sleep = async () => sql`select pg_sleep(1)`.execute((await scene.connect()).kysely);
      const failure = await failureOf(sleep());
      expect(failure).toBeInstanceOf(DatabaseUnavailableError);
      expect(failure.message).toMatch(/ended a statement \(.*\): raise its statement_timeout for the user/);
      // Its connections are from before the change.
      await scene.administer(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${scene.user}'`);
      await expectUnavailable(app, 'mutation { refreshCountries { inserted } }');
    },
  },
  {
    setting: '`default_transaction_read_only = on`',
    happens: READ_ONLY,
    set: [],
    run: (scene) => {
      const apply = () => scene.administer(`alter role ${scene.user} set default_transaction_read_only = on`);
      return expectReadOnly({ ...scene, apply });
    },
  },
  ofRole(
    "`search_path = ''`",
    'does not start: the line says that there is no schema for the tables',
    "search_path = ''",
    async (scene) => {
      await expectNoStart(scene, /has no schema for the tables of the user ".*": set its search_path there$/);
    },
  ),
  {
    setting: 'a role without CREATE in the schema',
    happens: 'does not start on an empty database: the line says what to grant',
    set: [],
    run: async (scene) => {
      await scene.administer(`alter database ${scene.user} owner to current_user`);
      await expectNoStart(scene, /may not do this .*\(permission denied for schema public\): grant it$/);
    },
  },
];

function ofRole(
  setting: string,
  happens: string,
  assignment: string,
  run: (scene: Scene) => Promise<void> = expectAllToWork,
): ServerSetting {
  return {
    setting,
    happens,
    set: [],
    run: async (scene) => {
      await scene.administer(`alter role ${scene.user} set ${assignment}`);
      await run(scene);
    },
  };
}

function limitOf(kind: 'role' | 'database'): ServerSetting {
  return {
    setting: `\`connection limit 2\` of the ${kind}`,
    happens: ENOUGH,
    set: [],
    run: async (scene) => {
      await scene.administer(`alter ${kind} ${scene.user} connection limit 2`);
      await expectEnough(scene);
    },
  };
}

async function expectNoStart(scene: Scene, line: RegExp): Promise<void> {
  const failure = await failureOf(scene.startApp());
  expect(failure).toBeInstanceOf(DatabaseUnavailableError);
  expect(failure.message).toMatch(line);
}
