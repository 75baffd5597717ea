import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Tests that start programs, ours or those of clients; the other tests run in the processes of the test runner. */
const PROCESSES = [
  'test/browser/{accessibility,addresses,download,failures,graphiql,page,refresh,shell}.test.ts',
  'test/cli.test.ts',
  'test/cli/**/*.test.ts',
  'test/db/frozen.test.ts',
  'test/db/migrate.test.ts',
  'test/db/write-atomically.test.ts',
  'test/deploy/**/*.test.ts',
  'test/docs/clients.test.ts',
  'test/examples/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/http/stop.test.ts',
  'test/refresh/kill.test.ts',
  'test/refresh/replicas.test.ts',
  'test/refresh/rounds.test.ts',
  'test/refresh/stop.test.ts',
  'test/refresh/take-over.test.ts',
  'test/security/memory.test.ts',
  'test/summary/image-route.test.ts',
];
/** Tests that set what a process reads only once: whether it has the machine's fonts, and its time zone. */
const ALONE = ['test/db/round-trip.test.ts', 'test/summary/fonts.test.ts'];
/** Tests of databases, refreshes, and everything around a query, attacks included; the rest are unit and API tests. */
const SLOW = ['test/{browser,db,http,refresh,security}/**/*.test.ts'];
/** `npm run test:quick` */
const IS_QUICK = process.env.TEST_QUICK !== undefined;
const ALL = ['test/**/*.test.ts'];
/** A cluster of database servers, killed one by one for minutes: only in `npm run test:cluster`. */
const CLUSTER = ['test/cluster/**/*.test.ts'];
const processesTier = tier('processes', PROCESSES, [], { globalSetup: ['test/built-program.ts'], isolate: false });
const clusterTier = tier('cluster', CLUSTER, [], {
  globalSetup: ['test/cluster/setup.ts', 'test/built-program.ts'],
  testTimeout: 300_000,
  hookTimeout: 180_000,
});

export default defineConfig({
  test: {
    // Starts a throwaway server of each kind of database that is installed.
    globalSetup: ['test/db/global-setup.ts'],
    // More than a machine has cores: most tests wait for a timer, a process or a database.
    maxWorkers: 6,
    // The machines of CI are shared, and a test that waits for processes may meet a slow moment.
    retry: process.env.CI ? 2 : 0,
    projects: [
      // As one project, because each project starts six processes, which load the product.
      tier('main', ALL, [...ALONE, ...CLUSTER, ...PROCESSES, ...(IS_QUICK ? SLOW : [])], { isolate: false }),
      tier('alone', ALONE, [], {}),
      ...(IS_QUICK ? [] : [processesTier]),
      ...(process.env.TEST_CLUSTER ? [clusterTier] : []),
    ],
  },
});

function tier(
  name: string,
  include: string[],
  exclude: string[],
  more: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
  return {
    // Without this the tests load graphql's ES module build and the libraries its CommonJS build: two copies, and
    // graphql refuses objects "from another module or realm".
    resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
    test: {
      name,
      include,
      exclude,
      // The decorators of the types read it, so it comes before all of them.
      setupFiles: ['reflect-metadata'],
      // Ends tests that hang. On a busy machine a program takes seconds to start, and some tests start five.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 5_000 } },
      ...more,
    },
  };
}
