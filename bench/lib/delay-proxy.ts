import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A server as it looks from far away. */
export interface DelayProxy {
  port: number;
  /** How many times a client spoke and was answered, since the last time this was asked. */
  takeRoundTrips(): number;
  close(): Promise<void>;
}

/**
 * Adds a round-trip time: half of it to whatever passes, each way, and one and a half to the opening of a connection,
 * which is when the client's first words (or the server's, here) can be under way after TCP's own handshake.
 */
export async function startDelayProxy(serverPort: number, roundTripMs: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  let roundTrips = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = new Promise<Socket>((resolve) => {
      setTimeout(
        () => resolve(connect({ port: serverPort, host: '127.0.0.1', noDelay: true })),
        1.5 * roundTripMs,
      );
    });
    let clientSpokeLast = false;
    const fromClient = later(roundTripMs / 2, async (data) => void (await upstream).write(data));
    const fromServer = later(roundTripMs / 2, async (data) => void client.write(data));
    keep(sockets, client, async () => (await upstream).destroy());
    client.on('data', (data: Buffer) => {
      if (!clientSpokeLast) roundTrips += 1;
      clientSpokeLast = true;
      fromClient(data);
    });
    upstream.then((socket) => {
      keep(sockets, socket, async () => client.destroy());
      socket.on('data', (data: Buffer) => {
        clientSpokeLast = false;
        fromServer(data);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    takeRoundTrips: () => {
      const taken = roundTrips;
      roundTrips = 0;
      return taken;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** In the order in which it came. */
function later(delayMs: number, pass: (data: Buffer) => Promise<void>): (data: Buffer) => void {
  let before = Promise.resolve();
  return (data) => {
    const due = delayMs === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, delayMs));
    before = before.then(() => due).then(() => pass(data));
  };
}

function keep(sockets: Set<Socket>, socket: Socket, ended: () => Promise<unknown>): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    sockets.delete(socket);
    void ended();
  });
}
