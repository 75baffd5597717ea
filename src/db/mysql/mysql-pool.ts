import { connect, type Socket } from 'node:net';
import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import { createPool, type PoolConnection, type PoolOptions } from 'mysql2';
import type { DatabaseOptions } from '../database.js';
import { type AnswerTimes, answerTimeMs } from './answer-time.js';
import { isMysqlLost } from './mysql-error.js';
import {
  connectionOptions,
  cutOff,
  type SessionSettings,
  sessionSettings,
  timedQuery,
} from './mysql-session.js';

interface PoolSettings extends SessionSettings, Pick<DatabaseOptions, 'poolSize' | 'maxOverflow'> {
  times: AnswerTimes;
}

/** What is still running when the pool ends, or a server that no longer hears, has this long. */
const END_WITHIN_MS = 3_000;

/** A pool that hands out a connection only after its session has been set up. */
export function createMysqlPool(settings: PoolSettings): MysqlPool {
  const sockets = new Set<Socket>();
  const pool = createPool({ ...poolOptions(settings), stream: () => openSocket(settings, sockets) });
  // mysql2 itself listens for the first error of a connection, whose user hears of it through the query. Another
  // one would end the process.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  const sessions = new WeakMap<PoolConnection, MysqlPoolConnection>();
  return {
    getConnection: (callback) =>
      pool.getConnection((error, connection) => {
        if (error) {
          callback(error, undefined as never);
        } else if (sessions.has(connection)) {
          callback(null, sessions.get(connection) as MysqlPoolConnection);
        } else {
          setUp(connection, settings, (failure, session) => {
            sessions.set(connection, session);
            callback(failure, session);
          });
        }
      }),
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

function poolOptions(settings: PoolSettings): PoolOptions {
  return {
    ...connectionOptions(settings),
    connectionLimit: settings.poolSize + settings.maxOverflow,
    maxIdle: settings.poolSize,
    // Firewalls forget a connection after some ten minutes without a word, and do not tell.
    idleTimeout: 5 * 60_000,
    gracefulEnd: true,
  };
}

/** As mysql2 opens its own, which it does not hand out. */
function openSocket({ host, port }: SessionSettings, sockets: Set<Socket>): Socket {
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
  sockets.add(socket);
  return socket.once('close', () => sockets.delete(socket));
}

function setUp(
  connection: PoolConnection,
  { connectTimeoutMs, times }: PoolSettings,
  callback: (failure: unknown, session: MysqlPoolConnection) => void,
): void {
  timedQuery(connection, { sql: sessionSettings, timeout: connectTimeoutMs }, (failure) => {
    if (failure) {
      cutOff(connection);
    }
    callback(failure, sessionOn(connection, times));
  });
}

function sessionOn(connection: PoolConnection, times: AnswerTimes): MysqlPoolConnection {
  const query = (text: string, values: unknown[], callback: (error: unknown, result: unknown) => void) =>
    timedQuery(connection, { sql: text, values, timeout: answerTimeMs(text, times) }, (error, result) => {
      // The answer, or a transaction that is still open, must not become the next user's.
      if (error && (text === 'rollback' || isMysqlLost(error))) {
        cutOff(connection);
      }
      callback(error, result);
    });
  // Kysely's type also has a form for streams, which nothing here asks for.
  return { query: query as unknown as MysqlPoolConnection['query'], release: () => connection.release() };
}
