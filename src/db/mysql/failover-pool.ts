import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import { retryWhile } from '../../async.js';
import type { PoolState } from '../database.js';
import { afterConflicts } from '../write.js';
import { destroyConnection, type MysqlSettings, openConnection, query } from './mysql-connection.js';
import { isMysqlClosed, isMysqlConflict, isMysqlCutOff, isMysqlLost } from './mysql-error.js';
import { isReadOrBegin, type ServerPool, type Session, WatchedPool } from './mysql-pool.js';

/**
 * The servers of one synchronous cluster, in the order of preference: everything goes to the first that can be used. See
 * docs/decisions/0045-several-hosts-of-a-cluster.md.
 */
export class FailoverPool implements ServerPool {
  /** How often a server has failed or come back. Reads before and after that may be of different states. */
  failovers = 0;
  readonly #servers: readonly Server[];
  #timer: NodeJS.Timeout | undefined;

  constructor(servers: readonly MysqlSettings[], onWarning: (message: string) => void = () => undefined) {
    const onChange = (message: string) => {
      this.failovers += 1;
      onWarning(message);
    };
    const reopen = () => this.#onFirst(({ pool }) => pool.open());
    this.#servers = servers.map((settings) => new Server(new WatchedPool(settings, reopen), onChange));
  }

  get state(): PoolState {
    const states = this.#servers.map(({ pool }) => pool.state);
    const sum = (name: keyof PoolState) => states.reduce((total, state) => total + state[name], 0);
    return { inUse: sum('inUse'), idle: sum('idle'), waiting: sum('waiting') };
  }

  async connect(): Promise<Session> {
    this.#timer ??= setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
    const open = () => this.#onFirst(async (server) => ({ server, session: await server.pool.connect() }));
    return new FailoverSession(await open(), open);
  }

  onServer<T>(open: (settings: MysqlSettings) => Promise<T>): Promise<T> {
    // A refusal of what is opened, such as that of several statements, would be the same elsewhere.
    return this.#onFirst(
      ({ pool }) => open(pool.settings),
      (error) => isMysqlLost(error) || isMysqlCutOff(error),
    );
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#servers.map((server) => server.end()));
  }

  #check(): void {
    for (const server of this.#servers) server.check();
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
  readonly pool: WatchedPool;
  readonly #onChange: (message: string) => void;
  isDown = false;
  #connection: Connection | undefined;
  #isChecking = false;
  #isClosed = false;

  constructor(pool: WatchedPool, onChange: (message: string) => void) {
    this.pool = pool;
    this.#onChange = onChange;
  }

  /** Whether it can be used: null, or why it cannot. */
  mark(failure: Error | null): void {
    const isDown = failure !== null;
    if (isDown === this.isDown || this.#isClosed) return;
    this.isDown = isDown;
    const { address } = this.pool.settings;
    const change = failure ? `is not used for now: ${failure.message}` : 'is used again';
    this.#onChange(`The database at ${address} ${change}`);
  }

  async check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    const { settings } = this.pool;
    const isNew = this.#connection === undefined;
    this.#connection ??= openConnection(settings);
    const failure = await answerOf(this.#connection, isNew ? settings.connectTimeoutMs : ANSWERS_WITHIN_MS);
    this.#isChecking = false;
    if (failure) this.#disconnect();
    // That it closes or refuses this connection does not mean that those of the pool fail.
    if (failure && (isNew || isMysqlClosed(failure))) return;
    this.mark(failure);
    if (failure) this.pool.cut();
  }

  async end(): Promise<void> {
    this.#isClosed = true;
    this.#disconnect();
    await this.pool.end();
  }

  #disconnect(): void {
    if (this.#connection) destroyConnection(this.#connection);
    this.#connection = undefined;
  }
}

function answerOf(connection: Connection, withinMs: number): Promise<Error | null> {
  const answered = query(connection, { sql: 'select 1', timeout: 0 }).then(
    () => null,
    (error: Error) => error,
  );
  return Promise.race([answered, late(withinMs)]);
}

/** In two parts: what has arrived while this process was busy is read before the second. */
async function late(withinMs: number): Promise<Error> {
  for (let part = 0; part < 2; part++) await sleep(withinMs / 2, undefined, { ref: false });
  return new Error(`it does not answer within ${withinMs} ms`);
}

/** A connection to one of several servers. */
interface ServerSession {
  server: Server;
  session: Session;
}

const MAX_RETRIES = 3;

/** The use of a connection. What it is used for first is done on another server when the first one fails. */
class FailoverSession implements Session {
  readonly #open: () => Promise<ServerSession>;
  #current: ServerSession | undefined;
  #isFirst = true;

  constructor(current: ServerSession, open: () => Promise<ServerSession>) {
    this.#current = current;
    this.#open = open;
  }

  query(text: string, values: unknown[]): Promise<unknown> {
    if (!this.#isFirst) return this.#send(text, values);
    this.#isFirst = false;
    return this.#sendFirst(text, values);
  }

  release(): void {
    this.#current?.session.release();
    this.#current = undefined;
  }

  /** A read, the beginning of a transaction, or a single write, which may have been executed if the connection is lost. */
  #sendFirst(text: string, values: unknown[]): Promise<unknown> {
    const conflictDelayMs = afterConflicts(isMysqlConflict);
    return retryWhile(
      () => this.#send(text, values),
      (error, retries) => {
        if (isMysqlCutOff(error)) this.#current?.server.mark(error as Error);
        else if (!isReadOrBegin(text) || !isMysqlClosed(error)) return conflictDelayMs(error, retries);
        this.release();
        return retries < MAX_RETRIES ? 0 : null;
      },
    );
  }

  async #send(text: string, values: unknown[]): Promise<unknown> {
    this.#current ??= await this.#open();
    return await this.#current.session.query(text, values);
  }
}
