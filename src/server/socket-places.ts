import type { IncomingMessage } from 'node:http';
import { clientKey } from '../client-key.js';
import type { Config } from '../config.js';
import { addressReader } from './client-address.js';

const OF_ALL = 500;
const OF_ONE = 20;

/**
 * How many web sockets there may be, and of them one client's, or the first would take all places. Like the limit of
 * requests, the second does not hold on a loopback address, where all clients are this machine.
 */
export class SocketPlaces {
  readonly #taken = new Map<string, number>();
  readonly #ipOf: (request: IncomingMessage) => string;
  readonly #ofOne: number;
  #total = 0;

  constructor({ trustedProxies, rateLimit }: Pick<Config['http'], 'trustedProxies' | 'rateLimit'>) {
    this.#ipOf = addressReader(trustedProxies);
    this.#ofOne = rateLimit > 0 ? OF_ONE : OF_ALL;
  }

  /** A function that gives the place back; null when there is none. */
  take(request: IncomingMessage): (() => void) | null {
    const client = clientKey(this.#ipOf(request));
    const taken = this.#taken.get(client) ?? 0;
    if (this.#total >= OF_ALL || taken >= this.#ofOne) return null;
    this.#add(client, 1);
    return () => this.#add(client, -1);
  }

  #add(client: string, places: 1 | -1): void {
    const taken = (this.#taken.get(client) ?? 0) + places;
    this.#total += places;
    if (taken > 0) this.#taken.set(client, taken);
    else this.#taken.delete(client);
  }
}
