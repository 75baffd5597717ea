import { createServer, type Server, type Socket } from 'node:net';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectDatabase } from '../../../src/db/connect.js';
import { openMysqlDialect } from '../../../src/db/mysql/mysql-dialect.js';
import { DatabaseUnavailableError } from '../../../src/errors.js';
import { createTestDatabase, mysqlUrl, onMysqlServer, type TestDatabase, testDialects } from '../../databases.js';

describe.runIf(testDialects.includes('mysql'))('one clear line says', () => {
  const { hostname, port } = new URL(mysqlUrl({}));
  const address = `${hostname}:${port}`;
  let testDatabase: TestDatabase;
  let database: string;
  const password = 'p@ss:w/rd?#%';

  beforeAll(async () => {
    testDatabase = await createTestDatabase('mysql');
    database = new URL(testDatabase.url).pathname.slice(1);
    await onMysqlServer(`create user '${database}'@'%' identified by '${password}'`);
    await onMysqlServer(`grant select on ${database}.* to '${database}'@'%'`);
  });
  afterAll(async () => {
    await onMysqlServer(`drop user '${database}'@'%'`);
    await testDatabase.remove();
  });

  it('nothing when all is well, with any password', async () => {
    const connection = await connect(mysqlUrl({ database, user: database, password }));
    await connection.checkReady();
    await connection.close();
  });

  it('that the password is wrong', async () => {
    await expectLine(
      connect(mysqlUrl({ database, user: database, password: 'wrong' })),
      `The database at ${address} refused the user "${database}": check user and password in DATABASE_URL (users who must use TLS get the same error: add ?ssl-mode=REQUIRED)`,
    );
  });

  it('that the database is missing', async () => {
    const { username } = new URL(mysqlUrl({}));
    await expectLine(
      connect(mysqlUrl({ database: 'no_such_database' })),
      `The database at ${address} has no database "no_such_database" that the user "${username}" may use: create it, grant it, or change DATABASE_URL`,
    );
    await expectLine(
      connect(mysqlUrl({ database: 'mysql', user: database, password })),
      `The database at ${address} has no database "mysql" that the user "${database}" may use: create it, grant it, or change DATABASE_URL`,
    );
  });

  it('that the account is locked', async () => {
    await onMysqlServer(`alter user '${database}'@'%' account lock`);
    await expectLine(
      connect(mysqlUrl({ database, user: database, password })),
      `The account of the user "${database}" is locked in the database at ${address}: unlock it there (alter user ... account unlock)`,
    );
    await onMysqlServer(`alter user '${database}'@'%' account unlock`);
  });

  it('that the password has expired', async () => {
    await onMysqlServer(`alter user '${database}'@'%' password expire`);
    await expectLine(
      connect(mysqlUrl({ database, user: database, password })),
      `The password of the user "${database}" has expired in the database at ${address}: set a new one there (alter user ... identified by ...), and in DATABASE_URL`,
    );
    await onMysqlServer(`alter user '${database}'@'%' identified by '${password}'`);
  });

  it('that it cannot log in the way that the server wants', async () => {
    const [server, serverPort] = await listen((socket) => {
      socket.write(greetingWithoutTls);
      socket.once('data', () => socket.write(switchTo('dialog')));
    });
    await expectLine(
      connect(mysqlUrl({ database, user: 'anna', host: '127.0.0.1', port: serverPort })),
      `The user "anna" cannot log in to the database at 127.0.0.1:${serverPort}: its authentication plugin dialog is not supported; use caching_sha2_password or mysql_native_password`,
    );
    await close(server);
  });

  it('that the user may not write', async () => {
    const connection = await connect(mysqlUrl({ database, user: database, password }));
    const failure = await failureOf(connection.kysely.deleteFrom('countries').execute());
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(`The user "${database}" may not do this in the database at ${address} (DELETE`);
    await connection.close();
  });

  it('that nothing listens', async () => {
    const [silent, silentPort] = await listen();
    await close(silent);
    await expectLine(
      connect(mysqlUrl({ database, port: silentPort })),
      `Nothing listens at ${hostname}:${silentPort}: start the database server, or check host and port in DATABASE_URL`,
    );
  });

  it('that the host does not exist', async () => {
    const failure = await failureOf(connect(mysqlUrl({ database, host: 'no-such-host.invalid' })));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    // A machine without a network answers in the second way.
    expect(failure.message).toMatch(
      /^The host name no-such-host\.invalid does not exist|cannot be reached \(EAI_AGAIN\)/,
    );
  });

  it('that the server does not answer in time', async () => {
    const [silent, silentPort] = await listen();
    const url = mysqlUrl({ database, host: '127.0.0.1', port: silentPort });
    const dialect = openMysqlDialect({ url, caFile: undefined, poolSize: 1, maxOverflow: 0 }, 100);
    const kysely = new Kysely({ dialect: dialect.kysely });
    await expectLine(
      sql`select 1`.execute(kysely),
      `The database at 127.0.0.1:${silentPort} cannot be reached (ETIMEDOUT): check host and port in DATABASE_URL, the network and the firewall`,
    );
    await kysely.destroy();
    await close(silent);
  });

  it('that something other than a database answers', async () => {
    const [web, webPort] = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const failure = await failureOf(connect(mysqlUrl({ database, host: '127.0.0.1', port: webPort })));
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(`The connection to the database at 127.0.0.1:${webPort} was lost`);
    await close(web);
  });

  it('that the connection was lost, and the next query gets another one', async () => {
    const connection = await connect(mysqlUrl({ database }), { poolSize: 1, maxOverflow: 0 });
    const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(connection.kysely);
    const failing = failureOf(sql`select sleep(20)`.execute(connection.kysely));
    await sleepIsRunning(database);
    await onMysqlServer(`kill connection ${rows[0]?.id}`);
    const failure = await failing;
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure.message).toMatch(`The connection to the database at ${address} was lost`);
    await connection.checkReady();
    await connection.close();
  });

  async function sleepIsRunning(name: string): Promise<void> {
    const server = await connect(mysqlUrl({ database: 'information_schema' }));
    const running = sql<{ running: number }>`
      select count(*) as running from processlist where db = ${name} and info like 'select sleep%'
    `;
    while ((await running.execute(server.kysely)).rows[0]?.running !== 1) {}
    await server.close();
  }
});

describe.runIf(inject('mysqlServer')?.caFile)('TLS to MySQL', () => {
  const caFile = inject('mysqlServer')?.caFile ?? undefined;
  const { port } = new URL(mysqlUrl({}));
  let testDatabase: TestDatabase;
  let database: string;
  const password = 'secret';

  beforeAll(async () => {
    testDatabase = await createTestDatabase('mysql');
    database = new URL(testDatabase.url).pathname.slice(1);
    await onMysqlServer(`create user '${database}'@'%' identified by '${password}' require ssl`);
    await onMysqlServer(`grant all on ${database}.* to '${database}'@'%'`);
  });
  afterAll(() => testDatabase.remove());

  // 127.1 is another way to write 127.0.0.1, and not a name in the certificate, which is for localhost alone.
  it.each([
    ['ssl-mode=REQUIRED', '127.1', undefined],
    ['ssl-mode=REQUIRED', '127.1', caFile],
    ['ssl-mode=VERIFY_CA', '127.0.0.1', caFile],
    ['', '127.1', caFile],
    ['ssl-mode=VERIFY_IDENTITY', 'localhost', caFile],
  ])('is used with "%s" to %s with the CA file %s', async (query, host, ca) => {
    const connection = await connect(mysqlUrl({ database, user: database, password, host, query }), {
      caFile: ca,
    });
    const { rows } = await sql<{ Value: string }>`show status like 'Ssl_cipher'`.execute(connection.kysely);
    expect(rows[0]?.Value).toMatch(/\w/);
    await connection.close();
  });

  it('is not used without being asked for', async () => {
    const connection = await connect(mysqlUrl({ database }));
    const { rows } = await sql<{ Value: string }>`show status like 'Ssl_cipher'`.execute(connection.kysely);
    expect(rows[0]?.Value).toBe('');
    await connection.close();
  });

  const failed = (host: string, reason: string) =>
    `The TLS connection to the database at ${host}:${port} failed (${reason}): check DATABASE_CA, and the host in DATABASE_URL`;

  it.each([
    [
      'ssl-mode=DISABLED',
      '127.0.0.1',
      undefined,
      `The database at 127.0.0.1:${port} refused the user "NAME": check user and password in DATABASE_URL (users who must use TLS get the same error: add ?ssl-mode=REQUIRED)`,
    ],
    ['ssl-mode=VERIFY_CA', 'localhost', undefined, failed('localhost', 'self-signed certificate in certificate chain')],
    [
      'ssl-mode=VERIFY_IDENTITY',
      '127.1',
      caFile,
      failed(
        '127.1',
        "Hostname/IP does not match certificate's altnames: Host: 127.1. is not in the cert's altnames: DNS:localhost",
      ),
    ],
    [
      'ssl-mode=DISABLED',
      'localhost',
      caFile,
      'DATABASE_CA names a certificate, but DATABASE_URL has ssl-mode=DISABLED: remove one of the two',
    ],
    [
      'ssl-mode=VERIFY_IDENTITY',
      '127.0.0.1',
      caFile,
      'DATABASE_URL has ssl-mode=VERIFY_IDENTITY, which needs a host name, but the host is 127.0.0.1: use the name, or ssl-mode=VERIFY_CA',
    ],
  ])('is refused with "%s" to %s with the CA file %s', async (query, host, ca, line) => {
    const url = mysqlUrl({ database, user: database, password, host, query });
    const failure = await failureOf(connect(url, { caFile: ca }));
    expect(failure.message).toBe(line.replace('NAME', database));
  });

  it('that the server does not offer is reported as missing', async () => {
    const [plain, plainPort] = await listen((socket) => socket.write(greetingWithoutTls));
    await expectLine(
      connect(mysqlUrl({ database, host: '127.0.0.1', port: plainPort, query: 'ssl-mode=REQUIRED' })),
      `The database at 127.0.0.1:${plainPort} does not offer TLS, which ssl-mode=REQUIRED requires: enable it there, or use ssl-mode=DISABLED in a network that you trust`,
    );
    await close(plain);
  });
});

/** What a MySQL 5.7 server says first, with the flag for TLS unset. */
const greetingWithoutTls = (() => {
  const body = Buffer.concat([
    Buffer.from([10]),
    Buffer.from('5.7.0\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('abcdefgh\0'),
    Buffer.from([0xff, 0xf7, 0x2d, 2, 0, 0x0f, 0x80, 21]),
    Buffer.alloc(10),
    Buffer.from('abcdefghijkl\0'),
    Buffer.from('mysql_native_password\0'),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
})();

/** The server's request to log in with another plugin, after the answer to its greeting. */
function switchTo(plugin: string): Buffer {
  const body = Buffer.from(`\xfe${plugin}\0abcdefghijklmnopqrst\0`, 'latin1');
  return Buffer.concat([Buffer.from([body.length, 0, 0, 2]), body]);
}

function connect(url: string, options: { caFile?: string | undefined; poolSize?: number; maxOverflow?: number } = {}) {
  return connectDatabase({ url, caFile: undefined, poolSize: 2, maxOverflow: 2, ...options });
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

async function listen(onConnection: (socket: Socket) => void = () => {}): Promise<[Server, number]> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return [server, typeof address === 'object' && address ? address.port : 0];
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
