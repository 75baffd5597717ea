import { connect, type Socket } from 'node:net';
import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import {
  type Connection,
  type ConnectionOptions,
  createPool,
  type Pool,
  type PoolConnection,
  type PoolOptions,
  type Query,
  type QueryOptions,
  type SslOptions,
  type TypeCastField,
} from 'mysql2';
import type { DatabaseOptions, PoolState } from '../database.js';
import { isMysqlLost } from './mysql-error.js';
import type { MysqlTarget } from './mysql-url.js';

interface PoolSettings extends SessionSettings, Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {
  times: AnswerTimes;
}

/** What is still running when the pool ends, or a server that no longer hears, has this long. */
const END_WITHIN_MS = 3_000;

export interface WatchedPool extends MysqlPool {
  readonly state: PoolState;
}

/** A pool that hands out a connection only after its session has been set up. */
export function createMysqlPool(settings: PoolSettings): WatchedPool {
  const sockets = new Set<Socket>();
  const pool = createPool(poolOptions(settings, sockets));
  // mysql2 itself listens for the first error of a connection, whose user hears of it through the query. Another
  // one would end the process.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  const sessions = new WeakMap<PoolConnection, MysqlPoolConnection>();
  const watch = new PoolWatch(pool);
  return {
    get state() {
      return watch.state;
    },
    getConnection: (callback) => {
      const answered = watch.asked();
      const answer: typeof callback = (error, session) => {
        answered(!error);
        callback(error, session);
      };
      pool.getConnection((error, connection) => {
        if (error) {
          answer(error, undefined as never);
        } else if (sessions.has(connection)) {
          answer(null, sessions.get(connection) as MysqlPoolConnection);
        } else {
          setUp(connection, settings, (failure) => {
            const session = sessionOn(connection, settings.times, () => watch.givenBack());
            sessions.set(connection, session);
            answer(failure, session);
          });
        }
      });
    },
    end: (callback) => {
      // Nothing that is wrong with a connection matters any more.
      pool.end(() => callback(null));
      setTimeout(() => {
        for (const socket of sockets) socket.destroy();
        callback(null);
      }, END_WITHIN_MS).unref();
    },
  };
}

function poolOptions(settings: PoolSettings, sockets: Set<Socket>): PoolOptions {
  const options = connectionOptions(settings);
  return {
    ...options,
    stream: () => remember(options.stream(), sockets),
    connectionLimit: settings.poolSize + settings.maxOverflow,
    maxIdle: settings.poolSize,
    // Firewalls forget a connection after some ten minutes without a word, and do not tell.
    idleTimeout: 5 * 60_000,
    gracefulEnd: true,
  };
}

function remember(socket: Socket, sockets: Set<Socket>): Socket {
  sockets.add(socket);
  return socket.once('close', () => sockets.delete(socket));
}

function setUp(
  connection: PoolConnection,
  { connectTimeoutMs }: PoolSettings,
  callback: (failure: unknown) => void,
): void {
  timedQuery(connection, { sql: sessionSettings, timeout: connectTimeoutMs }, (failure) => {
    if (failure) {
      cutOff(connection);
    }
    callback(failure);
  });
}

function sessionOn(
  connection: PoolConnection,
  times: AnswerTimes,
  onRelease: () => void,
): MysqlPoolConnection {
  const query = (text: string, values: unknown[], callback: (error: unknown, result: unknown) => void) =>
    timedQuery(connection, { sql: text, values, timeout: answerTimeMs(text, times) }, (error, result) => {
      // The answer, or a transaction that is still open, must not become the next user's.
      if (error && (text === 'rollback' || isMysqlLost(error))) {
        cutOff(connection);
      }
      callback(error, result);
    });
  // Kysely's type also has a form for streams, which nothing here asks for.
  const release = () => {
    onRelease();
    connection.release();
  };
  return { query: query as unknown as MysqlPoolConnection['query'], release };
}

export interface SessionSettings extends Omit<MysqlTarget, 'tlsMode'> {
  ssl: SslOptions | undefined;
  connectTimeoutMs: number;
}

export function connectionOptions(settings: SessionSettings): ConnectionOptions & { stream: () => Socket } {
  return {
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    ...(settings.ssl ? { ssl: settings.ssl } : {}),
    connectTimeout: settings.connectTimeoutMs,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    typeCast: castNumbers,
    stream: () => openSocket(settings.host, settings.port),
  };
}

/** As mysql2 opens its own sockets, which it does not hand out. */
function openSocket(host: string, port: number): Socket {
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
}

/**
 * mysql2 parses one double in fifty wrong in its last digit: those of sixteen digits and a point. It leaves sums,
 * which are decimals, as text.
 */
function castNumbers(field: TypeCastField, next: () => unknown): unknown {
  if (field.type !== 'DOUBLE' && field.type !== 'NEWDECIMAL') {
    return next();
  }
  const text = field.string('ascii');
  return text === null ? null : Number(text);
}

/**
 * The character set once more, for a server may be told to ignore what a client asks for. Strict, so that a value
 * that does not fit is an error. Backslashes must escape, for mysql2 escapes with them.
 */
export const sessionSettings =
  "set names utf8mb4 collate utf8mb4_bin, session time_zone = '+00:00', session sql_mode = " +
  "'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

/** mysql2 itself waits for the server to end its side, which one that hangs never does. */
export function cutOff(connection: Connection): void {
  connection.destroy();
  (connection as unknown as { stream: Socket }).stream.destroy();
}

/**
 * A query that may take so long. mysql2 forgets the stop-watch of one whose connection is lost; it would keep the
 * process from ending until the time is over.
 */
export function timedQuery(
  connection: Connection,
  options: QueryOptions & { timeout: number },
  callback: (error: Error | null, result: unknown) => void,
): void {
  let query: TimedQuery | undefined;
  // Where the connection is known to be lost it calls back at once, before there is a stop-watch.
  query = connection.query(options, (error, result) => {
    clearTimeout(query?.queryTimeout ?? undefined);
    callback(error, result);
  });
}

/** Of its own making, and not in its types. */
type TimedQuery = Query & { queryTimeout?: NodeJS.Timeout | null };

/** Counts what a pool is doing, for it does not tell itself. */
class PoolWatch {
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

/** How long an answer is waited for before its connection counts as lost. */
export interface AnswerTimes {
  readMs: number;
  writeMs: number;
}

/** A write may wait for the locks of others, which the server itself ends after 50 s if it was told nothing else. */
export const ANSWER_TIMES: AnswerTimes = { readMs: 30_000, writeMs: 60_000 };

/** Zero, for no limit, where a statement may rightly take long: changes of tables, and the wait for one's turn at them. */
function answerTimeMs(sql: string, { readMs, writeMs }: AnswerTimes): number {
  if (/^\s*(create|alter|drop|select get_lock)\b/i.test(sql)) return 0;
  return /^\s*(insert|update|delete|begin|commit|rollback)\b/i.test(sql) ? writeMs : readMs;
}
