import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without this the tests load graphql's ES module build and the libraries its CommonJS build: two copies, and
  // graphql refuses objects "from another module or realm".
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // The decorators of the types read it, so it comes before all of them.
    setupFiles: ['reflect-metadata'],
    // Starts a throwaway database server, if one is installed.
    globalSetup: ['test/db/global-setup.ts'],
    // Most tests wait for a time, a process or a database: two at once do not get in each other's way.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
