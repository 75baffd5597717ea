import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, readdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { makeDatabaseFolder } from '../temporary-folder.js';
import { createCertificates } from './certificates.js';
import { findProgram, freePort, startGuarded, type ThrowawayServer, waitForAnswer } from './throwaway-server.js';

const run = promisify(execFile);

const user = 'tester';
const password = 'throwaway';

/** Starts a PostgreSQL of our own in a temporary folder, or returns undefined where none is installed. */
export async function startThrowawayPostgres(): Promise<ThrowawayServer | undefined> {
  const programs = findPrograms();
  if (!programs) return undefined;
  const folder = await makeDatabaseFolder('postgres');
  const certificates = await createCertificates(folder);
  await writeFile(join(folder, 'password'), password);
  await giveToServer(folder);
  const data = join(folder, 'data');
  await initialise(programs.initdb, folder, data);
  const port = await freePort();
  const tls = certificates ? ['ssl=on', `ssl_cert_file=${certificates.cert}`, `ssl_key_file=${certificates.key}`] : [];
  const settings = [...serverSettings, ...tls].flatMap((setting) => ['-c', setting]);
  const command = [...asServer(), programs.postgres, '-D', data, '-p', String(port), ...settings];
  // With any other signal the processes of its connections would outlive it for a while.
  const stop = startGuarded(folder, command, 'QUIT');
  const url = `postgres://${user}:${password}@127.0.0.1:${port}`;
  await waitForAnswer(() => connectOnce(`${url}/postgres`), folder).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, caFile: certificates?.ca ?? null, stop };
}

/** Debian has the programs of each version in a folder of its own. */
function findPrograms(): { initdb: string; postgres: string } | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  const find = (name: string) => {
    const path = `/usr/lib/postgresql/${newest}/bin/${name}`;
    return existsSync(path) ? path : findProgram([name]);
  };
  const [initdb, postgres] = [find('initdb'), find('postgres')];
  return initdb && postgres ? { initdb, postgres } : undefined;
}

/** The server refuses to run as root. */
const isRoot = userInfo().uid === 0;

function asServer(): string[] {
  return isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
}

async function giveToServer(folder: string): Promise<void> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  for (const file of files) await chmod(file, 0o600);
  if (!isRoot) return;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (option) => Number((await run('id', [option, 'postgres'])).stdout)),
  );
  for (const path of [folder, ...files]) await chown(path, uid ?? 0, gid ?? 0);
}

/** With a sort order of text that is not that of code points, as on most servers. */
async function initialise(initdb: string, folder: string, data: string): Promise<void> {
  const { stdout } = await run(initdb, ['--version']);
  const hasIcu = Number(/(\d+)/.exec(stdout)?.[1]) >= 15;
  const [command = initdb, ...options] = [
    ...[...asServer(), initdb, `--pgdata=${data}`, `--username=${user}`, `--pwfile=${join(folder, 'password')}`],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--no-sync', '--locale=C.UTF-8'],
    ...(hasIcu ? ['--locale-provider=icu', '--icu-locale=en-US'] : []),
  ];
  await run(command, options, { cwd: folder });
}

const serverSettings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  // Test files that run at once have pools of their own.
  'max_connections=1000',
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  // Its time zone and date format must not matter.
  'timezone=Asia/Kathmandu',
  'datestyle=German',
];

async function connectOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.end();
}
