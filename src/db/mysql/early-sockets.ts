import { connect, type Socket } from 'node:net';

/**
 * Connections to the server that are under way before the driver is loaded: of the round trips that a connection takes,
 * the first pass meanwhile. Whoever knocks closes what nobody has taken.
 */
export class EarlySockets {
  readonly #sockets: Socket[];

  constructor(host: string, port: number, count: number) {
    this.#sockets = Array.from({ length: count }, () => openSocket(host, port));
    setTimeout(() => this.close(), TAKEN_WITHIN_MS).unref();
  }

  /** One that has not failed; whoever gets none opens another and hears why. */
  take(): Socket | undefined {
    for (;;) {
      const socket = this.#sockets.shift();
      if (socket === undefined || !socket.destroyed) return socket;
    }
  }

  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }
}

/** Servers give up whoever does not speak, most of them after ten seconds. */
const TAKEN_WITHIN_MS = 5_000;

/** As mysql2 opens its own, which it does not hand out. What it says before somebody listens is kept for him. */
export function openSocket(host: string, port: number): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  // As long as nobody has taken it, its failure is nobody's.
  return socket.on('error', () => undefined);
}
