import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../app.js';
import { describeMostDatabases } from '../databases.js';
import { held, silence, status } from '../upstream/faults.js';

interface Step {
  id: string;
  state: string;
  progress: number;
  phases: { name: string; state: string }[];
}

const FIELDS = '{ id state progress phases { name state done total } }';

describe('refreshProgress, seen by the client of graphql-ws,', () => {
  describeMostDatabases((open) => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp((await open()).url);
    });
    afterEach(() => app.upstream.restore());
    afterAll(() => app.close());

    const start = async (input = '{ wait: false }') => {
      const { data } = await app.post(`mutation { refreshCountries(input: ${input}) { id } }`);
      return String((data?.refreshCountries as { id: string } | undefined)?.id);
    };

    const subscribe = (selection: string) => subscribeAt(app.url, `subscription { ${selection} }`);
    const watch = async (id: string) => {
      const results = await subscribe(`refreshProgress(id: "${id}") ${FIELDS}`).all;
      return results.map((result) => result.data?.refreshProgress as Step);
    };

    it('sends the state, every step and the end', async () => {
      const gate = held();
      app.upstream.answer('restcountries-v3', gate.handler);
      const watching = subscribe(`refreshProgress(id: "${await start()}") ${FIELDS}`);
      await watching.first;
      gate.open();
      const steps = (await watching.all).map((result) => result.data?.refreshProgress as Step);
      expect(steps[0]).toMatchObject({ state: 'RUNNING' });
      expect(steps.at(-1)).toMatchObject({ state: 'SUCCEEDED', progress: 1 });
      const progress = steps.map((step) => step.progress);
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      const seen = new Set(steps.flatMap(({ phases }) => phases.map(({ name, state }) => `${name} ${state}`)));
      expect([...seen]).toEqual(
        expect.arrayContaining(['FETCH_COUNTRIES RUNNING', 'FETCH_COUNTRIES DONE', 'MERGE DONE', 'STORE RUNNING']),
      );
    });

    it('waits for the next refresh when there is none', async () => {
      const watching = subscribe(`refreshProgress ${FIELDS}`);
      await watching.connected;
      const id = await start('{ wait: true }');
      const steps = (await watching.all).map((result) => result.data?.refreshProgress as Step);
      expect(new Set(steps.map((step) => step.id))).toEqual(new Set([id]));
      expect(steps.at(-1)).toMatchObject({ state: 'SUCCEEDED', progress: 1 });
    });

    it('sends only the end of a refresh that has ended', async () => {
      const id = await start('{ wait: true }');
      expect(await watch(id)).toMatchObject([{ id, state: 'SUCCEEDED', progress: 1 }]);
    });

    it('reports a failure and a cancellation', async () => {
      app.upstream.answer('restcountries-v3', status(404));
      expect((await watch(await start())).at(-1)).toMatchObject({ state: 'FAILED' });
      app.upstream.restore();
      app.upstream.answer('restcountries-v3', silence());
      const id = await start();
      const watching = watch(id);
      await app.post(`mutation { cancelRefresh(id: "${id}") { state } }`);
      expect((await watching).at(-1)).toMatchObject({ id, state: 'CANCELLED' });
    });

    it('reports NOT_FOUND for an unknown refresh', async () => {
      const [result] = await subscribe(`refreshProgress(id: "nobody") ${FIELDS}`).all;
      expect(result?.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    });

    it.each(['query { status { version } }', 'mutation { refreshCountries { id } }'])(
      'is all that is served there: not %s',
      async (operation) => {
        const failure = await subscribeAt(app.url, operation).all.catch((error) => error);
        expect(failure).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      },
    );

    it('refuses what is not in the schema', async () => {
      const failure = await subscribe('refreshProgress { nothing }').all.catch((error) => error);
      expect(failure).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
    });

    it('lets the server stop while a subscriber is waiting', async () => {
      const other = await startApp((await open()).url);
      const watching = subscribeAt(other.url, `subscription { refreshProgress ${FIELDS} }`);
      await watching.connected;
      const ended = watching.all.catch((event) => event);
      await other.close();
      expect(await ended).toMatchObject({ code: 1001 });
    });

    it('refuses web sockets on other paths', async () => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/other`, 'graphql-transport-ws');
      const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
      expect(error.message).toContain('404');
    });
  });
});

function subscribeAt(url: string, query: string) {
  let tellConnected = () => {};
  const connected = new Promise<void>((resolve) => {
    tellConnected = resolve;
  });
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: { connected: () => tellConnected() },
  });
  let tellFirst = () => {};
  const first = new Promise<void>((resolve) => {
    tellFirst = resolve;
  });
  const collect = async () => {
    const items = [];
    for await (const item of client.iterate<Record<string, unknown>>({ query })) {
      items.push(item);
      tellFirst();
    }
    return items;
  };
  const all = collect().finally(() => client.dispose());
  all.catch(() => undefined);
  return { connected, first, all };
}
