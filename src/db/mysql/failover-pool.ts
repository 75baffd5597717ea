import { setTimeout as sleep } from 'node:timers/promises';
import type { MysqlPool } from 'kysely';
import { type Connection, createConnection } from 'mysql2';
import type { PoolState } from '../database.js';
import { FailoverSession, type ServerSession } from './failover-session.js';
import { connectionOptions, destroyConnection, type SessionSettings } from './mysql-connection.js';
import { isMysqlClosed, isMysqlCutOff, isMysqlLost } from './mysql-error.js';
import { type PoolSettings, type ServerPool, WatchedPool } from './mysql-pool.js';

/**
 * The servers of one synchronous cluster, in the order of preference: everything goes to the first that can be used. See
 * docs/decisions/0045-several-hosts-of-a-cluster.md.
 */
export class FailoverPool implements ServerPool {
  /** How often a server has failed or come back. Reads before and after that may be of different states. */
  failovers = 0;
  readonly #servers: readonly Server[];
  #timer: NodeJS.Timeout | undefined;

  constructor(servers: readonly PoolSettings[], onWarning: (message: string) => void = () => undefined) {
    const onChange = (message: string) => {
      this.failovers += 1;
      onWarning(message);
    };
    const reopen = () => this.#onFirst(({ pool }) => pool.open());
    this.#servers = servers.map((settings) => new Server({ ...settings, reopen }, onChange));
  }

  get state(): PoolState {
    const states = this.#servers.map(({ pool }) => pool.state);
    const sum = (name: keyof PoolState) => states.reduce((total, state) => total + state[name], 0);
    return { inUse: sum('inUse'), idle: sum('idle'), waiting: sum('waiting') };
  }

  getConnection(callback: Parameters<MysqlPool['getConnection']>[0]): void {
    this.#timer ??= setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
    this.#open().then(
      (session) => callback(null, new FailoverSession(session, () => this.#open())),
      (error) => callback(error, undefined as never),
    );
  }

  onServer<T>(open: (settings: SessionSettings) => Promise<T>): Promise<T> {
    // A refusal of what is opened, such as that of several statements, would be the same elsewhere.
    return this.#onFirst(
      ({ settings }) => open(settings),
      (error) => isMysqlLost(error) || isMysqlCutOff(error),
    );
  }

  end(callback: (error: unknown) => void): void {
    clearInterval(this.#timer);
    Promise.all(this.#servers.map((server) => server.end())).then(() => callback(null));
  }

  #check(): void {
    for (const server of this.#servers) server.check();
  }

  #open(): Promise<ServerSession> {
    return this.#onFirst((server) => server.open());
  }

  /** When none can be used, all are tried. */
  async #onFirst<T>(
    open: (server: Server) => Promise<T>,
    isServersFault: (error: unknown) => boolean = () => true,
  ): Promise<T> {
    let failure: unknown;
    for (const server of this.#servers.toSorted((a, b) => Number(a.isDown) - Number(b.isDown))) {
      try {
        return await open(server);
      } catch (error) {
        if (!isServersFault(error)) throw error;
        server.mark(error as Error);
        failure = error;
      }
    }
    throw failure;
  }
}

const CHECK_EVERY_MS = 1_000;

/** A server that takes longer for nothing is not used. */
const ANSWERS_WITHIN_MS = 2_000;

/** Asked again and again on a connection of its own, because one that hangs or is cut off still accepts connections. */
class Server {
  readonly settings: PoolSettings;
  readonly pool: WatchedPool;
  readonly #onChange: (message: string) => void;
  isDown = false;
  #connection: Connection | undefined;
  #isChecking = false;
  #isClosed = false;

  constructor(settings: PoolSettings, onChange: (message: string) => void) {
    this.settings = settings;
    this.pool = new WatchedPool(settings);
    this.#onChange = onChange;
  }

  open(): Promise<ServerSession> {
    return new Promise((resolve, reject) => {
      this.pool.getConnection((error, session) => {
        if (error) reject(error);
        else resolve({ session, server: this });
      });
    });
  }

  /** Whether it can be used: null, or why it cannot. */
  mark(failure: Error | null): void {
    const isDown = failure !== null;
    if (isDown === this.isDown || this.#isClosed) return;
    this.isDown = isDown;
    const { address } = this.settings;
    const reason = failure?.message;
    this.#onChange(
      isDown ? `The database at ${address} is not used for now: ${reason}` : `The database at ${address} is used again`,
    );
  }

  async check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    const isNew = this.#connection === undefined;
    this.#connection ??= this.#connect();
    const failure = await answerOf(this.#connection, isNew ? this.settings.connectTimeoutMs : ANSWERS_WITHIN_MS);
    this.#isChecking = false;
    if (failure) this.#disconnect();
    // That it closes or refuses this connection does not mean that those of the pool fail.
    if (failure && (isNew || isMysqlClosed(failure))) return;
    this.mark(failure);
    if (failure) this.pool.cut();
  }

  end(): Promise<void> {
    this.#isClosed = true;
    this.#disconnect();
    return new Promise((resolve) => this.pool.end(() => resolve()));
  }

  #connect(): Connection {
    const connection = createConnection(connectionOptions(this.settings));
    // The query that fails says so; without a listener the event would end the process.
    return connection.on('error', () => undefined);
  }

  #disconnect(): void {
    if (this.#connection) destroyConnection(this.#connection);
    this.#connection = undefined;
  }
}

function answerOf(connection: Connection, withinMs: number): Promise<Error | null> {
  const answered = new Promise<Error | null>((resolve) => connection.query('select 1', (error) => resolve(error)));
  return Promise.race([answered, late(withinMs)]);
}

/** In two parts: what has arrived while this process was busy is read before the second. */
async function late(withinMs: number): Promise<Error> {
  for (let part = 0; part < 2; part++) await sleep(withinMs / 2, undefined, { ref: false });
  return new Error(`it does not answer within ${withinMs} ms`);
}
