import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { watchWithApolloClient } from '../../examples/watch-refresh/apollo-client.js';
import type { Progress } from '../../examples/watch-refresh/progress.js';
import { watchWithUrql } from '../../examples/watch-refresh/urql.js';
import { startApp, type TestApp } from '../app.js';
import { createTestDatabase, type TestDatabase } from '../databases.js';
import { held, status } from '../upstream/faults.js';

type Step = Progress['refreshProgress'];

describe.each([
  ['Apollo Client', watchWithApolloClient],
  ['urql', watchWithUrql],
])('a refresh in %s', (_, watch) => {
  let testDatabase: TestDatabase;
  let app: TestApp;
  beforeAll(async () => {
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

  it('is waited for when none runs, and its failure is seen', async () => {
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

  it('is refused when there is none of that id', async () => {
    const sockets = connect();
    await expect(watch(sockets, () => undefined, 'nobody')).rejects.toThrow('There is no refresh');
    await sockets.dispose();
  });
});
