import type { Pool, PoolConnection } from 'mysql2';
import type { PoolState } from '../database.js';

/** Counts what a pool is doing, for it does not tell itself. */
export class PoolWatch {
  readonly #idle = new Set<PoolConnection>();
  #inUse = 0;
  #waiting = 0;

  constructor(pool: Pool) {
    pool.on('acquire', (connection) => this.#idle.delete(connection));
    pool.on('release', (connection) => this.#idle.add(connection));
    pool.on('connection', (connection) => {
      for (const end of ['end', 'error']) connection.on(end, () => this.#idle.delete(connection));
    });
  }

  get state(): PoolState {
    return { inUse: this.#inUse, idle: this.#idle.size, waiting: this.#waiting };
  }

  /** For whoever asks for a connection. Called when there is one, or none to be had. */
  asked(): (isGiven: boolean) => void {
    this.#waiting += 1;
    return (isGiven) => {
      this.#waiting -= 1;
      if (isGiven) this.#inUse += 1;
    };
  }

  givenBack(): void {
    this.#inUse -= 1;
  }
}
