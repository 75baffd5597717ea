import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { makeDatabaseFolder } from '../temporary-folder.js';
import { createCertificates } from './certificates.js';

const run = promisify(execFile);

export interface ThrowawayServer {
  /** For an administrator, without a database. */
  url: string;
  /** The CA that signed the server's certificate; null where there is no openssl to make one. */
  caFile: string | null;
  stop(): Promise<void>;
}

interface StartOptions {
  /** The program to start, the first of `serverPrograms` by default. */
  binary?: string | undefined;
  /** For this server alone. */
  options?: string[];
  /** The same, for what must apply when its files are created. */
  fromTheFirst?: string[];
  /** May wrap the command that starts the server in another. It also gets the folder that is removed afterwards. */
  wrap?(command: string[], folder: string): string[];
}

/**
 * The servers that can be started here: those in TEST_MYSQL_SERVERS, paths with a colon between them, or else what is
 * installed.
 */
export function serverPrograms(): string[] {
  const named = process.env.TEST_MYSQL_SERVERS?.split(':').filter((path) => path !== '') ?? [];
  if (named.length > 0) return named;
  // MariaDB is installed under both names.
  const found = ['mariadbd', 'mysqld'].flatMap((name) => findProgram([name]) ?? []);
  return found.filter((path, at) => found.findIndex((other) => realpathSync(other) === realpathSync(path)) === at);
}

export function isMariaDb(binary: string): boolean {
  return execFileSync(binary, ['--no-defaults', '--version'], { encoding: 'utf8' }).includes('MariaDB');
}

/** Starts a MariaDB or MySQL of our own in a temporary folder, or returns undefined where no server is installed. */
export async function startThrowawayServer({
  binary = serverPrograms()[0],
  options: more = [],
  fromTheFirst = [],
  wrap = (command) => command,
}: StartOptions = {}): Promise<ThrowawayServer | undefined> {
  if (binary === undefined) return undefined;
  const folder = await makeDatabaseFolder('mysql');
  // MySQL 9 no longer knows the size of the log under this name.
  const log = '--loose-innodb-log-file-size=8M';
  const options = ['--no-defaults', `--datadir=${join(folder, 'data')}`, ...asRoot(), log, ...fromTheFirst];
  await initialise(binary, options);
  const port = await freePort();
  const certificates = await createCertificates(folder);
  const tls = certificates
    ? [`--ssl-ca=${certificates.ca}`, `--ssl-cert=${certificates.cert}`, `--ssl-key=${certificates.key}`]
    : [];
  await writeFile(join(folder, 'init.sql'), initSql);
  const command = [binary, ...options, ...serverOptions(folder, port), ...tls, ...more];
  const stop = startGuarded(folder, wrap(command, folder), 'KILL');
  const url = `mysql://${user}:${password}@127.0.0.1:${port}`;
  await waitForAnswer(async () => (await createConnection(url)).end(), folder).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, caFile: certificates?.ca ?? null, stop };
}

const user = 'tester';
const password = 'throwaway';
const initSql = `create user '${user}'@'%' identified by '${password}';\ngrant all on *.* to '${user}'@'%' with grant option;\n`;

export function findProgram(names: string[], ...before: string[]): string | undefined {
  const folders = [...before, ...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

function asRoot(): string[] {
  return userInfo().uid === 0 ? ['--user=root'] : [];
}

async function initialise(binary: string, options: string[]): Promise<void> {
  if (!isMariaDb(binary)) {
    await run(binary, [...options, '--initialize-insecure']);
    return;
  }
  const installer = findProgram(['mariadb-install-db', 'mysql_install_db'], dirname(binary));
  if (!installer) throw new Error(`There is no mariadb-install-db for ${binary}`);
  await run(installer, [...options, '--auth-root-authentication-method=normal', '--skip-test-db']);
}

function serverOptions(folder: string, port: number): string[] {
  return [
    `--socket=${join(folder, 'socket')}`,
    // A server that starts deletes the temporary files of others from a folder that they share.
    `--tmpdir=${folder}`,
    `--pid-file=${join(folder, 'pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-log-bin',
    // Test files that run at once have pools of their own.
    '--max-connections=500',
    '--performance-schema=OFF',
    '--innodb-flush-log-at-trx-commit=0',
    '--loose-mysqlx=OFF',
    `--init-file=${join(folder, 'init.sql')}`,
    `--log-error=${join(folder, 'log')}`,
  ];
}

/**
 * The server lives as long as the pipe to the shell that started it. However this process ends, the pipe closes, the
 * server is killed and its folder removed. In a session of its own, so that Ctrl-C does not end the shell first.
 */
export function startGuarded(folder: string, command: string[], signal: 'KILL' | 'QUIT'): () => Promise<void> {
  const script = `"$@" </dev/null >"$0/output" 2>&1 & cat >/dev/null; kill -${signal} $!; wait; rm -rf "$0"`;
  const shell = spawn('sh', ['-c', script, folder, ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  return () => {
    shell.stdin?.end();
    return ended;
  };
}

export async function waitForAnswer(connect: () => Promise<unknown>, folder: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await connect();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        const logs = ['output', 'log'].map((name) => readFile(join(folder, name), 'utf8').catch(() => ''));
        const log = (await Promise.all(logs)).join('');
        throw new Error(`The throwaway database server did not start:\n${log.slice(-2000)}`, {
          cause: error,
        });
      }
      await delay(50);
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
