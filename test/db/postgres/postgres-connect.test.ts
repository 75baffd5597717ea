import { createServer, type Server, type Socket } from 'node:net';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectDatabase } from '../../../src/db/connect.js';
import type { DatabaseOptions } from '../../../src/db/database.js';
import { openPostgresDialect } from '../../../src/db/postgres/postgres-dialect.js';
import { DatabaseUnavailableError } from '../../../src/errors.js';
import { createTestDatabase, onServer, serverDialects, serverUrl, type TestDatabase } from '../../databases.js';
import { countryRow } from '../rows.js';

const url = (parts: Parameters<typeof serverUrl>[1]) => serverUrl('postgres', parts);
const onPostgres = (statement: string) => onServer('postgres', statement);
const password = 'p@ss:w/rd?#%';
const ONE_CONNECTION = { caFile: undefined, poolSize: 1, maxOverflow: 0 };

describe.runIf(serverDialects.includes('postgres'))('one clear line says of PostgreSQL', () => {
  const { hostname, port } = new URL(url({}));
  const address = `${hostname}:${port}`;
  let testDatabase: TestDatabase;
  let database: string;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('postgres');
    database = new URL(testDatabase.url).pathname.slice(1);
    await onPostgres(`create role ${database} login password '${password}'`);
    await sql.raw(`grant select on all tables in schema public to ${database}`).execute(testDatabase.database.kysely);
  });
  afterAll(async () => {
    await testDatabase.remove();
    await onPostgres(`drop role ${database}`);
  });
  const asUser = (options: Partial<DatabaseOptions> = {}) =>
    connect(url({ database, user: database, password }), options);
  const asAdministrator = (options: Partial<DatabaseOptions> = {}) => connect(url({ database }), options);

  it('nothing when all is well, with any password, and with postgresql: too', async () => {
    const connection = await connect(url({ database, user: database, password }).replace(/^postgres:/, 'postgresql:'));
    await connection.checkReady();
    expect(connection.label).toBe(`postgres://${address}/${database}`);
    await connection.close();
  });

  it.each([
    ['wrong', {}],
    ['', { PGPASSFILE: '/no/such/file' }],
  ])('that the password "%s" is wrong', async (wrong, env) => {
    Object.assign(process.env, env);
    const before = openSockets();
    await expectLine(
      connect(url({ database, user: database, password: wrong })),
      `The database at ${address} refused the user "${database}": check user and password in DATABASE_URL (users who must use TLS get the same error: add ?sslmode=require)`,
    );
    // Fewer, if one of an earlier test closes meanwhile.
    await expect.poll(openSockets).toBeLessThanOrEqual(before);
  });

  it('that the database is missing', async () => {
    const { username } = new URL(url({}));
    await expectLine(
      connect(url({ database: 'no_such_database' })),
      `The database at ${address} has no database "no_such_database" that the user "${username}" may use: create it, grant it, or change DATABASE_URL`,
    );
  });

  it('that the user may not write, and may not migrate', async () => {
    const connection = await asUser();
    await expectLine(
      connection.kysely.deleteFrom('countries').execute(),
      `The user "${database}" may not do this in the database at ${address} (permission denied for table countries): grant it`,
    );
    await sql.raw('delete from kysely_migration').execute(testDatabase.database.kysely);
    await expect(connection.migrate()).rejects.toThrow(/may not do this .* grant it/);
    await connection.close();
    await testDatabase.database.migrate();
  });

  it('that the server takes no more connections', async () => {
    await onPostgres(`alter role ${database} connection limit 0`);
    const dialect = openPostgresDialect({ url: url({ database, user: database, password }), ...ONE_CONNECTION }, 100);
    const kysely = new Kysely({ dialect: dialect.kysely });
    await expectLine(
      sql`select 1`.execute(kysely),
      `The database server at ${address} accepts no more connections (too many connections for role "${database}"): lower DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, or raise the server's limit`,
    );
    await kysely.destroy();
    await onPostgres(`alter role ${database} connection limit -1`);
  });

  it('that the database is read-only', async () => {
    await onPostgres(`alter database ${database} set default_transaction_read_only = on`);
    const connection = await asAdministrator();
    const rows = connection.upsert('countries', [countryRow('CH')], ['code'], 1);
    const line = `The database at ${address} is read-only: DATABASE_URL must name the primary server`;
    await expectLine(connection.writeAtomically(rows), line);
    const writer = connection.openWriter();
    await expectLine(writer.write(rows, { wasCommitted: async () => false }), line);
    writer.close();
    await connection.close();
    await onPostgres(`alter database ${database} reset default_transaction_read_only`);
  });

  it('that a statement was ended', async () => {
    await onPostgres(`alter role ${database} set statement_timeout = '50ms'`);
    const connection = await asUser();
    await expectLine(
      sql`select pg_sleep(5)`.execute(connection.kysely),
      `The database at ${address} has ended a statement (canceling statement due to statement timeout): raise its statement_timeout for the user "${database}"`,
    );
    await connection.checkReady();
    await connection.close();
    await onPostgres(`alter role ${database} reset statement_timeout`);
  });

  it('that the server was shut down during a query, and the next query gets another connection', async () => {
    const connection = await asAdministrator({ poolSize: 1, maxOverflow: 0 });
    const { rows } = await sql<{ id: number }>`select pg_backend_pid() as id`.execute(connection.kysely);
    const failing = failureOf(sql`select pg_sleep(20)`.execute(connection.kysely));
    await expect.poll(() => isSleeping(rows[0]?.id ?? 0)).toBe(true);
    await onPostgres(`select pg_terminate_backend(${rows[0]?.id})`);
    const failure = await failing;
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toBe(
      `The connection to the database at ${address} was lost (terminating connection due to administrator command): check that the server is up, and try again`,
    );
    await connection.checkReady();
    await connection.close();
  });

  it('that other writers were in the way for too long', async () => {
    await onPostgres(`alter role ${database} set lock_timeout = '20ms'`);
    await sql.raw(`grant all on all tables in schema public to ${database}`).execute(testDatabase.database.kysely);
    const connection = await asUser();
    await testDatabase.database.kysely.transaction().execute(async (other) => {
      await other.updateTable('data_version').set({ version: 1 }).execute();
      await expectLine(
        connection.writeAtomically(connection.upsert('countries', [countryRow('CH')], ['code'], 1)),
        `The database at ${address} was busy with other writers (canceling statement due to lock timeout): try again`,
      );
    });
    await connection.close();
    await onPostgres(`alter role ${database} reset lock_timeout`);
  });

  it('that the database cannot store all characters', async () => {
    await onPostgres(
      `create database ${database}_latin template template0 encoding 'LATIN1' locale 'C' ${await libcProvider()}`,
    );
    const connection = await connect(url({ database: `${database}_latin` }));
    await connection.migrate();
    await expectLine(
      connection.kysely.insertInto('currencies').values({ code: 'CIV', name: '🇨🇮', symbol: null }).execute(),
      `The database "${database}_latin" at ${address} cannot store all characters: create it with the encoding UTF8`,
    );
    await connection.close();
    await onPostgres(`drop database ${database}_latin`);
  });

  it('that nothing listens', async () => {
    const [silent, silentPort] = await listen();
    await close(silent);
    await expectLine(
      connect(url({ database, port: silentPort })),
      `Nothing listens at ${hostname}:${silentPort}: start the database server, or check host and port in DATABASE_URL`,
    );
  });

  it('that the host does not exist', async () => {
    const failure = await failureOf(connect(url({ database, host: 'no-such-host.invalid' })));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    // A machine without a network answers in the second way.
    expect(failure.message).toMatch(
      /^The host name no-such-host\.invalid does not exist|cannot be reached \(EAI_AGAIN\)/,
    );
  });

  it('that the server does not answer in time', async () => {
    const [silent, silentPort] = await listen();
    const options = { url: url({ database, port: silentPort }), ...ONE_CONNECTION };
    const kysely = new Kysely({ dialect: openPostgresDialect(options, 100).kysely });
    await expectLine(
      sql`select 1`.execute(kysely),
      `The database at ${hostname}:${silentPort} does not answer in time: check host and port in DATABASE_URL, the network and the firewall`,
    );
    await kysely.destroy();
    await close(silent);
  });

  it.each(['', 'sslmode=require'])('that something other than a database answers, with "%s"', async (query) => {
    const [web, webPort] = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const failure = await failureOf(connect(url({ database, port: webPort, query })));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(
      query === ''
        ? `The connection to the database at ${hostname}:${webPort} was lost`
        : `The TLS connection to the database at ${hostname}:${webPort} failed`,
    );
    await close(web);
  });

  it.each([
    ['starting up', 'FATAL', '57P03', 'the database system is starting up', /is starting up or shutting down/],
    ['behind a pooler that refuses our settings', 'FATAL', '08P01', 'unsupported startup parameter', /ignore_startup/],
    [
      'for encrypted connections only',
      'FATAL',
      '28000',
      'no pg_hba.conf entry for host "::1", no encryption',
      /\?sslmode=require to DATABASE_URL$/,
    ],
  ])('that a server is %s', async (_, severity, code, message, line) => {
    const fields = `S${severity}\0C${code}\0M${message}\0\0`;
    const answer = Buffer.alloc(5 + fields.length, `E----${fields}`);
    answer.writeInt32BE(4 + fields.length, 1);
    const [server, serverPort] = await listen((socket) => socket.once('data', () => socket.end(answer)));
    const failure = await failureOf(connect(url({ database, port: serverPort })));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(line);
    await close(server);
  });

  async function isSleeping(id: number): Promise<boolean> {
    const { rows } = await sql<{ event: string | null }>`
      select wait_event as event from pg_stat_activity where pid = ${id}`.execute(testDatabase.database.kysely);
    return rows[0]?.event === 'PgSleep';
  }

  /** A server that sorts text by ICU must be told otherwise, and an older one does not understand the option. */
  async function libcProvider(): Promise<string> {
    const { rows } = await sql<{ version: string }>`
      select current_setting('server_version_num') as version`.execute(testDatabase.database.kysely);
    return Number(rows[0]?.version) >= 150_000 ? 'locale_provider libc' : '';
  }
});

describe.runIf(inject('postgresServer')?.caFile)('TLS to PostgreSQL', () => {
  const caFile = inject('postgresServer')?.caFile ?? undefined;
  const { port } = new URL(url({}));
  let testDatabase: TestDatabase;
  let database: string;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('postgres');
    database = new URL(testDatabase.url).pathname.slice(1);
  });
  afterAll(() => testDatabase.remove());

  const isEncrypted = async (query: string, host: string, ca: string | undefined) => {
    const connection = await connect(url({ database, host, query }), { caFile: ca });
    const { rows } = await sql<{ ssl: boolean }>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(connection.kysely);
    const writer = connection.openWriter();
    const statements = connection.upsert('countries', [countryRow('CH')], ['code'], 1);
    await writer.write(statements, { wasCommitted: async () => false });
    writer.close();
    await connection.close();
    return rows[0]?.ssl;
  };

  // 127.1 is another way to write 127.0.0.1, and not a name in the certificate, which is for localhost alone.
  it.each([
    ['sslmode=require', '127.1', undefined],
    ['sslmode=require&channel_binding=require', '127.1', undefined],
    ['ssl-mode=REQUIRED', '127.1', caFile],
    ['sslmode=verify-ca', '127.0.0.1', caFile],
    ['', '127.1', caFile],
    ['sslmode=verify-full', 'localhost', caFile],
  ])('is used with "%s" to %s with the CA file %s', async (query, host, ca) => {
    expect(await isEncrypted(query, host, ca)).toBe(true);
  });

  it.each(['', 'sslmode=disable'])('is not used with "%s"', async (query) => {
    expect(await isEncrypted(query, '127.0.0.1', undefined)).toBe(false);
  });

  const failed = (host: string, reason: string) =>
    `The TLS connection to the database at ${host}:${port} failed (${reason}): check DATABASE_CA, and the host in DATABASE_URL`;

  it.each([
    ['sslmode=verify-ca', 'localhost', undefined, failed('localhost', 'unable to verify the first certificate')],
    [
      'sslmode=verify-full',
      '127.1',
      caFile,
      failed(
        '127.1',
        "Hostname/IP does not match certificate's altnames: Host: 127.1. is not in the cert's altnames: DNS:localhost",
      ),
    ],
    [
      'sslmode=disable',
      'localhost',
      caFile,
      'DATABASE_CA names a certificate, but DATABASE_URL has sslmode=disable: remove one of the two',
    ],
    [
      'sslmode=verify-full',
      '127.0.0.1',
      caFile,
      'DATABASE_URL has sslmode=verify-full, which needs a host name, but the host is 127.0.0.1: use the name, or sslmode=verify-ca',
    ],
  ])('is refused with "%s" to %s with the CA file %s', async (query, host, ca, line) => {
    const failure = await failureOf(connect(url({ database, host, query }), { caFile: ca }));
    expect(failure.message).toBe(line);
  });

  it('that the server does not offer is reported as missing', async () => {
    const [plain, plainPort] = await listen((socket) => socket.once('data', () => socket.write('N')));
    await expectLine(
      connect(url({ database, host: '127.0.0.1', port: plainPort, query: 'sslmode=require' })),
      `The database at 127.0.0.1:${plainPort} does not offer TLS, which sslmode=require requires: enable it there, or use sslmode=disable in a network that you trust`,
    );
    await close(plain);
  });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

function connect(at: string, options: Partial<DatabaseOptions> = {}) {
  return connectDatabase({ url: at, caFile: undefined, poolSize: 2, maxOverflow: 2, ...options });
}

async function expectLine(promise: Promise<unknown>, line: string): Promise<void> {
  const failure = await failureOf(promise);
  expect(failure.message).toBe(line);
  expect(failure).toBeInstanceOf(DatabaseUnavailableError);
  expect(failure.cause).toBeInstanceOf(Error);
}

function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('It did not fail'),
    (error: Error) => error,
  );
}

async function listen(onConnection: (socket: Socket) => void = () => {}): Promise<[Server, number]> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return [server, typeof address === 'object' && address ? address.port : 0];
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
