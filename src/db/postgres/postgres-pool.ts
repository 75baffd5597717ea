import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { CLOSE_TIMEOUT_MS, ConnectionSlots, type PoolSettings, timeoutFor } from '../connection-slots.js';
import type { PoolState } from '../database.js';
import type { TlsOptions } from '../tls.js';
import { isPostgresFull, isPostgresLost } from './postgres-error.js';
import { parserOf, toBindable } from './postgres-values.js';

/** After which a connection of the overflow is closed. */
const OVERFLOW_IDLE_MS = 3_000;

export interface WatchedPool extends PostgresPool {
  connect(): Promise<PostgresSession>;
  readonly state: PoolState;
}

/** A pool that counts those who wait for a connection to be opened as well, and fails those who wait when it is closed. */
export function createPostgresPool(settings: PoolSettings): WatchedPool {
  const sockets = new Set<Socket>();
  const waiting = new Set<(error: Error) => void>();
  const size = settings.poolSize + settings.maxOverflow;
  const slots = new ConnectionSlots(size, { isRefused: isPostgresFull, patienceMs: settings.connectTimeoutMs });
  const pool = new pg.Pool({
    max: size,
    min: settings.poolSize,
    idleTimeoutMillis: OVERFLOW_IDLE_MS,
    Client: clientFor(settings, sockets),
  });
  // Of idle connections, which the pool has removed already.
  pool.on('error', () => undefined);
  const openSession = async () => {
    const client = await slots.take(() => pool.connect());
    return new PostgresSession(client, settings.timeouts, () => slots.release());
  };
  return {
    get state() {
      return { inUse: slots.inUse, idle: pool.idleCount, waiting: slots.waiting };
    },
    connect: () =>
      new Promise((resolve, reject) => {
        waiting.add(reject);
        openSession()
          .then((session) => {
            if (waiting.has(reject)) resolve(session);
            else session.release();
          }, reject)
          .finally(() => waiting.delete(reject));
      }),
    async end() {
      for (const reject of waiting) reject(new Error('Pool is closed.'));
      waiting.clear();
      slots.close();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, CLOSE_TIMEOUT_MS).unref();
      await pool.end();
      clearTimeout(timer);
    },
  };
}

type NamedClient = pg.PoolClient & { readonly sessionName: string };

function clientFor(settings: PoolSettings, sockets: Set<Socket>): new () => pg.Client {
  return class extends pg.Client {
    readonly sessionName: string;
    readonly #socket: Socket;

    constructor() {
      const sessionName = `country-exchange ${randomUUID()}`;
      const socket = new Socket();
      super({ ...clientOptions(settings), application_name: sessionName, stream: () => socket });
      this.sessionName = sessionName;
      this.#socket = socket;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // The query that fails rejects; without a listener the event would end the process.
      this.on('error', () => undefined);
    }

    /** pg leaves the socket open when it is itself what failed, for instance for lack of a password. */
    override async connect(callback?: unknown): Promise<pg.Client> {
      const error = await super.connect().then(
        () => null,
        (failure: Error) => failure,
      );
      if (error) this.#socket.destroy();
      // The pool hands one over.
      (callback as (error: Error | null) => void)(error);
      return this;
    }
  };
}

function clientOptions(settings: PoolSettings): pg.ClientConfig {
  const { host, port, user, password, database, ssl, connectTimeoutMs } = settings;
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: ssl === undefined ? false : sslOptions(ssl),
    enableChannelBinding: ssl !== undefined,
    // That of the pool would also apply to the wait for a connection that is in use.
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    options: SESSION_OPTIONS,
    types: { getTypeParser: parserOf },
  };
}

/** In the first message, so that they cost no round trip. */
const SESSION_OPTIONS = '-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1';

function sslOptions({ verifyIdentity, ...options }: TlsOptions): pg.ClientConfig['ssl'] {
  return verifyIdentity ? options : { ...options, checkServerIdentity: () => undefined };
}

export class PostgresSession implements PostgresPoolClient {
  /** By which the server knows it. */
  readonly name: string;

  readonly #client: pg.PoolClient;
  readonly #timeouts: PoolSettings['timeouts'];
  readonly #onRelease: () => void;
  #isLost = false;

  constructor(client: pg.PoolClient, timeouts: PoolSettings['timeouts'], onRelease: () => void) {
    this.name = (client as NamedClient).sessionName;
    this.#client = client;
    this.#timeouts = timeouts;
    this.#onRelease = onRelease;
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult<R & object>>;
  query(): never;
  async query(text = '', parameters: readonly unknown[] = []): Promise<unknown> {
    const values = parameters.map(toBindable);
    // Extended queries have one statement only, even if there are no parameters.
    return this.#send({ text, values, queryMode: 'extended', query_timeout: timeoutFor(text, this.#timeouts) });
  }

  /** Several statements, of which the server executes none after one that fails. */
  async sendBatch(text: string): Promise<void> {
    await this.#send({ text, query_timeout: this.#timeouts.writeMs });
  }

  async #send(query: SentQuery): Promise<unknown> {
    try {
      return await this.#client.query(query);
    } catch (error) {
      // A late answer must not become the next user's.
      this.#isLost ||= isPostgresLost(error);
      throw error;
    }
  }

  release(isDiscarded = false): void {
    this.#client.release(isDiscarded || this.#isLost);
    this.#onRelease();
  }
}

/** With what is missing in pg's types. */
type SentQuery = pg.QueryConfig & { query_timeout: number; queryMode?: 'extended' };
