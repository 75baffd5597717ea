import type { Socket } from 'node:net';
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';
import { CLOSE_TIMEOUT_MS, ConnectionSlots, timeoutFor } from '../connection-slots.js';
import type { PoolState } from '../database.js';
import { connectionOptions, destroyConnection, type MysqlSettings, query, sessionSetup } from './mysql-connection.js';
import { isMysqlClosed, isMysqlFull, isMysqlLost } from './mysql-error.js';

/** What a dialect needs of a pool, be it of one server or of several. */
export interface ServerPool {
  readonly state: PoolState;
  /** See Database.failovers. */
  readonly failovers: number;
  connect(): Promise<Session>;
  /** Opens something else than one of its connections, on the server that it uses. */
  onServer<T>(open: (settings: MysqlSettings) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** The use of a connection from one acquisition to its release. */
export interface Session {
  query(text: string, values: unknown[]): Promise<unknown>;
  release(): void;
}

interface PooledConnection {
  connection: PoolConnection;
  idleMs: number;
}

/** From a second on (`wait_timeout`) a server may close an idle connection, and the news travels for some time. */
const STALE_AFTER_MS = 500;

/** A pool whose connections are set up before their first use. It counts them, which mysql2's own does not. */
export class WatchedPool implements ServerPool {
  readonly failovers = 0;
  readonly settings: MysqlSettings;
  readonly #reopen: () => Promise<PooledConnection>;
  readonly #pool: Pool;
  readonly #slots: ConnectionSlots;
  readonly #sockets = new Set<Socket>();
  readonly #idle = new Set<PoolConnection>();
  /** When each was released; those that have never been used are missing. */
  readonly #releasedAt = new WeakMap<PoolConnection, number>();

  /** `reopen`: where a connection that the server has closed is replaced. */
  constructor(settings: MysqlSettings, reopen: () => Promise<PooledConnection> = () => this.open()) {
    this.settings = settings;
    this.#reopen = reopen;
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
    const { inUse, waiting } = this.#slots;
    return { inUse, idle: this.#idle.size, waiting };
  }

  async connect(): Promise<Session> {
    return new MysqlSession(this, await this.#slots.take(() => this.open()));
  }

  release(connection: PoolConnection): void {
    this.#slots.release();
    connection.release();
  }

  onServer<T>(open: (settings: MysqlSettings) => Promise<T>): Promise<T> {
    return open(this.settings);
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      // Errors of connections do not matter any more.
      this.#pool.end(() => resolve());
      this.#slots.close();
      setTimeout(() => {
        this.cut();
        resolve();
      }, CLOSE_TIMEOUT_MS).unref();
    });
  }

  /** Fails what is under way. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Beyond the limit, if its place is not taken before. */
  open(): Promise<PooledConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => {
        if (error) reject(error);
        // At once, before the connection can hear anything else from the server.
        else this.#setUp(connection).then(resolve, reject);
      });
    });
  }

  async #setUp(connection: PoolConnection): Promise<PooledConnection> {
    const releasedAt = this.#releasedAt.get(connection);
    if (releasedAt !== undefined) return { connection, idleMs: performance.now() - releasedAt };
    try {
      await query(connection, { sql: sessionSetup, timeout: this.settings.connectTimeoutMs });
      return { connection, idleMs: 0 };
    } catch (error) {
      destroyConnection(connection);
      throw error;
    }
  }

  /** Replaces a connection that the server has closed. The others have been idle for longer, so it has closed them as well. */
  renew(): Promise<PooledConnection> {
    for (const connection of this.#idle) destroyConnection(connection);
    this.#idle.clear();
    return this.#reopen();
  }
}

function poolOptions(settings: MysqlSettings, sockets: Set<Socket>): PoolOptions {
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

/** A connection that was idle may have been closed by the server: what it is used for first is then done on another one. */
class MysqlSession implements Session {
  readonly #pool: WatchedPool;
  #connection: PoolConnection;
  #isStale: boolean;

  constructor(pool: WatchedPool, { connection, idleMs }: PooledConnection) {
    this.#pool = pool;
    this.#connection = connection;
    this.#isStale = idleMs >= STALE_AFTER_MS;
  }

  async query(text: string, values: unknown[]): Promise<unknown> {
    if (!this.#isStale) return await this.#send(text, values);
    this.#isStale = false;
    if (isReadOrBegin(text)) return await this.#sendOrRenew(text, values);
    // A write is not repeated, because it may have been executed: another query shows first whether there is a server.
    await this.#sendOrRenew('select 1', []);
    return await this.#send(text, values);
  }

  release(): void {
    this.#pool.release(this.#connection);
  }

  async #sendOrRenew(text: string, values: unknown[]): Promise<unknown> {
    try {
      return await this.#send(text, values);
    } catch (error) {
      if (!isMysqlClosed(error)) throw error;
      this.#connection = (await this.#pool.renew()).connection;
      return await this.#send(text, values);
    }
  }

  async #send(text: string, values: unknown[]): Promise<unknown> {
    try {
      return await query(this.#connection, {
        sql: text,
        values,
        timeout: timeoutFor(text, this.#pool.settings.timeouts),
      });
    } catch (error) {
      // A late answer or an open transaction must not become the next user's.
      if (text === 'rollback' || isMysqlLost(error)) destroyConnection(this.#connection);
      throw error;
    }
  }
}

/** Whether a statement can be repeated, even if it may have been executed. */
export function isReadOrBegin(text: string): boolean {
  return /^\s*(select|begin)\b/i.test(text);
}
