import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { serve } from '../server/serve.js';

/** The first that comes back. */
async function subscribe(url: string, query: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  const [answer] = await once(socket, 'message');
  socket.close();
  return JSON.parse(String(answer)) as {
    type: string;
    payload: { message: string; extensions: { code: string } }[];
  };
}

const misspelt = 'subscription { refreshProgress { stat } }';

test('a server that hides its schema makes no guesses over web sockets either', async () => {
  const open = await subscribe((await serve()).url, misspelt);
  expect(open.payload[0]?.message).toMatch(/Did you mean "state"/);
  const closed = await subscribe((await serve({ INTROSPECTION: 'off' })).url, misspelt);
  expect(closed).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
  });
  expect(closed.payload[0]?.message).not.toMatch(/did you mean/i);
});

test('a list of queries is a list of subscriptions as well', async () => {
  const watch = (fields: string) => `subscription { refreshProgress(id: "x") { ${fields} } }`;
  const path = join(inject('testFolder'), 'subscriptions.json');
  await writeFile(path, JSON.stringify({ listed: watch('state') }));
  const { url } = await serve({ PERSISTED_QUERIES: path });
  expect(await subscribe(url, watch('id'))).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  // The listed one is let through, and told that there is no such refresh.
  expect(JSON.stringify(await subscribe(url, watch('state')))).toContain('NOT_FOUND');
});
