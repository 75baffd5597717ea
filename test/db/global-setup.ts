import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startThrowawayServer } from './throwaway-server.js';

/** A server that the tests may create databases in. */
export interface MysqlServer {
  /** Of an administrator, without a database. */
  url: string;
  /** The CA of its certificate; null when it is not known. */
  caFile: string | null;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Null where there is none. */
    mysqlServer: MysqlServer | null;
    /** For files that are gone after the run. */
    testFolder: string;
  }
}

/** Runs once, before all test files; what it returns runs after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const testFolder = await mkdtemp(join(tmpdir(), 'country-exchange-test-'));
  // Ctrl-C does not wait for what runs after the tests; the server sees to its own end.
  process.once('exit', () => rmSync(testFolder, { recursive: true, force: true }));
  const server = await findServer();
  if (!server && process.env.CI === 'true' && !SQLITE_ONLY) {
    throw new Error(
      'CI=true, but there is no MySQL to test with: install mariadb-server, or set TEST_MYSQL_URL or TEST_MYSQL_SERVERS',
    );
  }
  project.provide('testFolder', testFolder);
  project.provide('mysqlServer', server ? { url: server.url, caFile: server.caFile } : null);
  return async () => {
    await server?.stop();
    reportSkipped(server);
  };
}

/** For a quick run. */
const SQLITE_ONLY = process.env.TEST_DATABASES === 'sqlite';

async function findServer(): Promise<(MysqlServer & { stop(): Promise<void> }) | undefined> {
  if (SQLITE_ONLY) return undefined;
  const url = process.env.TEST_MYSQL_URL;
  return url ? { url, caFile: null, stop: async () => undefined } : await startThrowawayServer();
}

function reportSkipped(server: MysqlServer | undefined): void {
  if (SQLITE_ONLY) {
    console.log('Skipped: all tests on MySQL, for TEST_DATABASES is sqlite.');
  } else if (!server) {
    console.log(
      'Skipped: all tests on MySQL, for no mariadbd or mysqld was found, and neither TEST_MYSQL_URL nor TEST_MYSQL_SERVERS is set.',
    );
  } else if (!server.caFile) {
    console.log('Skipped: the tests of TLS to MySQL, for the CA of its certificate is not known.');
  }
}
