import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Progress, Show } from '../../examples/watch-refresh/progress.js';
import { startApp, type TestApp } from '../app.js';
import { createTestDatabase, type TestDatabase } from '../databases.js';
import { held, status } from '../upstream/faults.js';
import { examplesAreInstalled } from './installed.js';

type Step = Progress['refreshProgress'];
type Watch = (sockets: Client, show: Show, id?: string) => Promise<void>;

// Imported by an address, since the types of their packages may be missing: `compiles` below checks them.
const example = (name: string) => import(new URL(`../../examples/watch-refresh/${name}.ts`, import.meta.url).href);

describe.skipIf(!examplesAreInstalled()).each<[name: string, load: () => Promise<Watch>]>([
  ['Apollo Client', async () => (await example('apollo-client')).watchWithApolloClient],
  ['urql', async () => (await example('urql')).watchWithUrql],
])('a refresh in %s', (_, load) => {
  let watch: Watch;
  let testDatabase: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
    watch = await load();
    testDatabase = await createTestDatabase('sqlite');
    app = await startApp(testDatabase.url);
  });
  afterAll(async () => {
    await app.close();
    await testDatabase.remove();
  });

  const start = async () => {
    const { data } = await app.post('mutation { refreshCountries(input: { wait: false }) { id } }');
    return String((data?.refreshCountries as { id: string } | undefined)?.id);
  };

  const connect = () => createClient({ url: `${app.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });

  it('is seen with its state first, then step by step up to 1, and the stream ends', async () => {
    const gate = held();
    app.upstream.answer('restcountries-v3', gate.handler);
    const id = await start();
    const sockets = connect();
    const steps: Step[] = [];
    await watch(
      sockets,
      (step) => {
        steps.push(step);
        // Nothing more happens before the first state is here.
        gate.open();
      },
      id,
    );
    await sockets.dispose();
    expect(steps[0]).toMatchObject({ id, state: 'RUNNING' });
    expect(steps.length).toBeGreaterThan(3);
    const progress = steps.map((step) => step.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(steps.at(-1)).toMatchObject({ id, state: 'SUCCEEDED', progress: 1 });
  });

  it('is waited for when none is running, and its failure is seen', async () => {
    app.upstream.answer('restcountries-v3', status(404));
    const sockets = connect();
    const connected = new Promise((resolve) => sockets.on('connected', resolve));
    const steps: Step[] = [];
    const watched = watch(sockets, (step) => steps.push(step));
    await connected;
    const id = await start();
    await watched;
    await sockets.dispose();
    expect(steps.at(-1)).toMatchObject({ id, state: 'FAILED' });
  });

  it('is refused when there is none with that id', async () => {
    const sockets = connect();
    await expect(watch(sockets, () => undefined, 'nobody')).rejects.toThrow('There is no refresh');
    await sockets.dispose();
  });
});

it.skipIf(!examplesAreInstalled())('compiles', async () => {
  const compile = promisify(execFile)('npx', ['--no-install', 'tsc', '-p', 'examples', '--pretty', 'false']);
  await compile.catch(({ stdout }) => expect(stdout).toBe(''));
});
