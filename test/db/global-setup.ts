import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { INSTALL_EXAMPLES } from '../examples/installed.js';
import { makeDatabaseFolder } from '../temporary-folder.js';
import { startThrowawayPostgres } from './throwaway-postgres.js';
import { startThrowawayServer, type ThrowawayServer } from './throwaway-server.js';

/** A server that the tests may create databases in. */
export interface DatabaseServer {
  /** For an administrator, without a database. */
  url: string;
  /** The CA of its certificate; null when it is not known. */
  caFile: string | null;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Null where there is none. */
    mysqlServer: DatabaseServer | null;
    postgresServer: DatabaseServer | null;
    testsSqlite: boolean;
    /** For files that are gone after the run. */
    testFolder: string;
    /** For the files of databases. */
    databaseFolder: string;
  }
}

/** Runs once, before all test files; what it returns runs after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const testFolder = await mkdtemp(join(tmpdir(), 'country-exchange-test-'));
  const databaseFolder = await makeDatabaseFolder('test');
  // Ctrl-C does not wait for what runs after the tests; the server ends on its own.
  process.once('exit', () => {
    for (const folder of [testFolder, databaseFolder]) rmSync(folder, { recursive: true, force: true });
  });
  const [mysql, postgres] = await Promise.all(kinds.map(findServer));
  project.provide('testFolder', testFolder);
  project.provide('databaseFolder', databaseFolder);
  project.provide('mysqlServer', toProvide(mysql));
  project.provide('postgresServer', toProvide(postgres));
  project.provide('testsSqlite', WANTED.includes('sqlite'));
  return async () => {
    await Promise.all([mysql?.stop(), postgres?.stop()]);
    reportSkipped([mysql, postgres]);
    if (!existsSync('examples/node_modules')) console.log(`Skipped: the clients of the examples: ${INSTALL_EXAMPLES}.`);
  };
}

interface Kind {
  name: string;
  dialect: 'mysql' | 'postgres';
  /** The setting with the URL of a server, and others that name one. */
  settings: [string, ...string[]];
  start(): Promise<ThrowawayServer | undefined>;
  programs: string;
  install: string;
}

const kinds: Kind[] = [
  {
    name: 'MySQL',
    dialect: 'mysql',
    settings: ['TEST_MYSQL_URL', 'TEST_MYSQL_SERVERS'],
    start: startThrowawayServer,
    programs: 'mariadbd or mysqld',
    install: 'mariadb-server',
  },
  {
    name: 'PostgreSQL',
    dialect: 'postgres',
    settings: ['TEST_POSTGRES_URL'],
    start: startThrowawayPostgres,
    programs: 'postgres and initdb',
    install: 'postgresql',
  },
];

/** The kinds of databases to test; all of them by default. */
const WANTED = process.env.TEST_DATABASES?.split(',') ?? ['sqlite', ...kinds.map(({ dialect }) => dialect)];

async function findServer({ name, dialect, settings, start, install }: Kind): Promise<ThrowawayServer | undefined> {
  if (!WANTED.includes(dialect)) return undefined;
  const url = process.env[settings[0]];
  const server = url ? { url, caFile: null, stop: async () => undefined } : await start();
  if (server || process.env.CI !== 'true') return server;
  throw new Error(`CI=true, but there is no ${name} to test with: install ${install}, or set ${settings.join(' or ')}`);
}

function toProvide(server: ThrowawayServer | undefined): DatabaseServer | null {
  return server ? { url: server.url, caFile: server.caFile } : null;
}

function reportSkipped(servers: (ThrowawayServer | undefined)[]): void {
  for (const [at, { name, dialect, settings, programs }] of kinds.entries()) {
    const server = servers[at];
    if (!WANTED.includes(dialect)) console.log(`Skipped: all tests on ${name}, which TEST_DATABASES leaves out.`);
    else if (!server) {
      console.log(
        `Skipped: all tests on ${name}, because no ${programs} was found; ${settings.join(' and ')} are not set.`,
      );
    } else if (!server.caFile) {
      console.log(`Skipped: the tests of TLS to ${name}, because the CA of its certificate is not known.`);
    }
  }
}
