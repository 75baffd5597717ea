import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Direction = 'toServer' | 'toClient';

/** Where a connection is cut: after that many bytes in that direction. */
export interface Cut {
  direction: Direction;
  afterBytes: number;
  /** Only when another byte comes, so that the other side can answer those that have passed. */
  whenMoreComes?: boolean;
}

/** What passed, in order; what one side sends in one go is one entry. */
export interface Passed {
  direction: Direction;
  data: Buffer;
}

/** Sits between a client and a database server, and can be told to fail. */
export interface CuttingProxy {
  port: number;
  /** Cuts the next connections there, one for each cut. Earlier cuts that are still due are forgotten. */
  cutNext(...cuts: Cut[]): void;
  /** Cuts the connection opened last, at once. */
  cutNow(): void;
  /** Changes the first data that the next connection sends to the server. */
  changeNext(change: (data: Buffer) => void): void;
  /** What passed through the connection opened last. */
  passed(): Passed[];
  /** From now on nothing passes, and no connection ends. */
  freeze(): void;
  /** From now on every connection ends at once, including those that are open. */
  refuseAll(): void;
  close(): Promise<void>;
}

/** On a port that is free, unless one is given. */
export async function startProxy(serverPort: number, ownPort = 0): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let refusing = false;
  let frozen = false;
  let nextCuts: Cut[] = [];
  let cutLast = () => {};
  let nextChange: ((data: Buffer) => void) | undefined;
  let passed: Passed[] = [];
  const server = createServer((client) => {
    if (refusing) return void client.destroy();
    if (frozen) return void sockets.add(client.on('error', () => client.destroy()));
    const log: Passed[] = [];
    passed = log;
    cutLast = join(client, { serverPort, log, cut: nextCuts.shift(), change: nextChange, sockets });
    nextChange = undefined;
  });
  await new Promise<void>((resolve) => server.listen(ownPort, '127.0.0.1', resolve));
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cutNext: (...cuts) => {
      nextCuts = cuts;
    },
    cutNow: () => cutLast(),
    changeNext: (change) => {
      nextChange = change;
    },
    passed: () => passed,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    refuseAll: () => {
      refusing = true;
      destroyAll();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      destroyAll();
      await closed;
    },
  };
}

interface Joining {
  serverPort: number;
  log: Passed[];
  cut: Cut | undefined;
  change: ((data: Buffer) => void) | undefined;
  sockets: Set<Socket>;
}

/** Returns a function that ends both sides. */
function join(client: Socket, { serverPort, log, cut, change, sockets }: Joining): () => void {
  const upstream = connect(serverPort, '127.0.0.1');
  const both = [client, upstream];
  const end = () => {
    for (const socket of both) socket.destroy();
  };
  for (const socket of both) {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', end);
    socket.on('close', () => {
      sockets.delete(socket);
      end();
    });
  }
  let toChange = change;
  const pass = (direction: Direction, target: Socket) => {
    let left = cut?.direction === direction ? cut.afterBytes : Number.POSITIVE_INFINITY;
    return (data: Buffer) => {
      if (direction === 'toServer') {
        toChange?.(data);
        toChange = undefined;
      }
      log.push({ direction, data });
      if (data.length < left || (cut?.whenMoreComes && data.length === left)) {
        left -= data.length;
        target.write(data);
      } else {
        // What was let through arrives; nothing passes after it, in neither direction.
        both.map((socket) => socket.pause());
        target.write(data.subarray(0, left), end);
      }
    };
  };
  client.on('data', pass('toServer', upstream));
  upstream.on('data', pass('toClient', client));
  return end;
}

/** How many bytes passed in that direction. */
export function bytes(passed: readonly Passed[], direction: Direction): number {
  return passed.filter((one) => one.direction === direction).reduce((sum, { data }) => sum + data.length, 0);
}
