import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A server as it looks from far away. */
export interface DelayProxy {
  port: number;
  /** How many times a client has sent something and received an answer since the last call. */
  takeRoundTrips(): number;
  close(): void;
}

/**
 * Adds a round-trip time: half of it to everything that passes, each way, and one and a half to the opening of a
 * connection, since the first bytes follow TCP's own handshake.
 */
export async function startDelayProxy(serverPort: number, roundTripMs: number): Promise<DelayProxy> {
  let roundTrips = 0;
  const server = createServer({ noDelay: true }, async (client) => {
    let clientSentLast = false;
    const opened = delay(1.5 * roundTripMs).then(() => connect({ port: serverPort, host: '127.0.0.1', noDelay: true }));
    const toServer = later(roundTripMs / 2, async (data) => (await opened).write(data));
    const toClient = later(roundTripMs / 2, async (data) => client.write(data));
    client.on('error', () => undefined).on('close', async () => (await opened).destroy());
    client.on('data', (data: Buffer) => {
      if (!clientSentLast) roundTrips += 1;
      clientSentLast = true;
      toServer(data);
    });
    const upstream: Socket = await opened;
    upstream.on('error', () => undefined).on('close', () => client.destroy());
    upstream.on('data', (data: Buffer) => {
      clientSentLast = false;
      toClient(data);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    takeRoundTrips: () => {
      const taken = roundTrips;
      roundTrips = 0;
      return taken;
    },
    close: () => void server.close(),
  };
}

/** Keeps the order. */
function later(delayMs: number, pass: (data: Buffer) => Promise<unknown>): (data: Buffer) => void {
  let before: Promise<unknown> = Promise.resolve();
  return (data) => {
    const due = delayMs === 0 ? undefined : delay(delayMs);
    before = before.then(() => due).then(() => pass(data));
  };
}
