import type { Socket } from 'node:net';
import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import { createPool, type PoolConnection, type PoolOptions } from 'mysql2';
import type { DatabaseOptions, PoolState } from '../database.js';
import { type AnswerTimes, answerTimeMs } from './answer-time.js';
import { isMysqlLost } from './mysql-error.js';
import {
  connectionOptions,
  cutOff,
  type SessionSettings,
  sessionSettings,
  timedQuery,
} from './mysql-session.js';
import { PoolWatch } from './pool-watch.js';

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
