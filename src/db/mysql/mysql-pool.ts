import type { Socket } from 'node:net';
import type { MysqlPool } from 'kysely';
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';
import { ConnectionSlots } from '../connection-slots.js';
import type { DatabaseOptions, PoolState } from '../database.js';
import {
  connectionOptions,
  destroyConnection,
  queryWithTimeout,
  type SessionSettings,
  sessionSetup,
} from './mysql-connection.js';
import { isMysqlFull } from './mysql-error.js';
import { MysqlSession, type PooledConnection, type QueryTimeouts } from './mysql-session.js';

export interface PoolSettings extends SessionSettings, Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {
  timeouts: QueryTimeouts;
  /** Where a connection that the server has closed is replaced; here by default. */
  reopen?: () => Promise<PooledConnection>;
}

/** How long running queries have when the pool is closed. */
const CLOSE_TIMEOUT_MS = 3_000;

/** What a dialect needs of a pool, be it of one server or of several. */
export interface ServerPool extends MysqlPool {
  readonly state: PoolState;
  /** See Database.failovers. */
  readonly failovers: number;
  /** Opens something else than one of its connections, on the server that it uses. */
  onServer<T>(open: (settings: SessionSettings) => Promise<T>): Promise<T>;
}

/** A pool whose connections are set up before their first use. It counts them, which mysql2's own does not. */
export class WatchedPool implements ServerPool {
  readonly failovers = 0;
  readonly #settings: PoolSettings;
  readonly #pool: Pool;
  readonly #slots: ConnectionSlots;
  readonly #sockets = new Set<Socket>();
  readonly #idle = new Set<PoolConnection>();
  /** When each was released; those that have never been used are missing. */
  readonly #releasedAt = new WeakMap<PoolConnection, number>();
  readonly #counts = { inUse: 0, waiting: 0 };

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#slots = new ConnectionSlots(settings.poolSize + settings.maxOverflow, {
      isRefused: isMysqlFull,
      patienceMs: settings.connectTimeoutMs,
    });
    this.#pool = createPool(poolOptions(settings, this.#sockets));
    this.#pool.on('acquire', (connection) => this.#idle.delete(connection));
    this.#pool.on('release', (connection) => {
      this.#idle.add(connection);
      this.#releasedAt.set(connection, performance.now());
    });
    // mysql2 listens for the first error of a connection, and the query rejects with it. Without this listener, a second
    // one would end the process.
    this.#pool.on('connection', (connection) => {
      for (const event of ['end', 'error']) connection.on(event, () => this.#idle.delete(connection));
    });
  }

  get state(): PoolState {
    return { ...this.#counts, idle: this.#idle.size };
  }

  onServer<T>(open: (settings: SessionSettings) => Promise<T>): Promise<T> {
    return open(this.#settings);
  }

  getConnection(callback: Parameters<MysqlPool['getConnection']>[0]): void {
    this.#counts.waiting += 1;
    this.#slots
      .take(() => this.open())
      .finally(() => {
        this.#counts.waiting -= 1;
      })
      .then(
        (opened) => callback(null, this.#sessionOn(opened)),
        (error) => callback(error, undefined as never),
      );
  }

  end(callback: (error: unknown) => void): void {
    // Errors of connections do not matter any more.
    this.#pool.end(() => callback(null));
    this.#slots.close();
    setTimeout(() => {
      this.cut();
      callback(null);
    }, CLOSE_TIMEOUT_MS).unref();
  }

  /** Fails what is under way. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #sessionOn(opened: PooledConnection): MysqlSession {
    this.#counts.inUse += 1;
    return new MysqlSession(opened, {
      timeouts: this.#settings.timeouts,
      renew: () => this.#renew(),
      onRelease: () => {
        this.#counts.inUse -= 1;
        this.#slots.release();
      },
    });
  }

  /** Beyond the limit, if its place is not taken before. */
  open(): Promise<PooledConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => {
        if (error) return reject(error);
        const releasedAt = this.#releasedAt.get(connection);
        if (releasedAt !== undefined) return resolve({ connection, idleMs: performance.now() - releasedAt });
        const setup = { sql: sessionSetup, timeout: this.#settings.connectTimeoutMs };
        queryWithTimeout(connection, setup, (failure) => {
          if (!failure) return resolve({ connection, idleMs: 0 });
          destroyConnection(connection);
          reject(failure);
        });
      });
    });
  }

  /** The others have been idle for longer, so the server has closed them as well. */
  #renew(): Promise<PooledConnection> {
    for (const connection of this.#idle) destroyConnection(connection);
    this.#idle.clear();
    return this.#settings.reopen?.() ?? this.open();
  }
}

function poolOptions(settings: PoolSettings, sockets: Set<Socket>): PoolOptions {
  const options = connectionOptions(settings);
  return {
    ...options,
    stream() {
      const socket = options.stream();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    },
    connectionLimit: settings.poolSize + settings.maxOverflow,
    maxIdle: settings.poolSize,
    // Firewalls silently drop connections that are idle for some ten minutes.
    idleTimeout: 5 * 60_000,
    gracefulEnd: true,
  };
}
