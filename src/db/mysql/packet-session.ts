import { randomUUID } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2';
import {
  connectionOptions,
  cutOff,
  type SessionSettings,
  sessionSettings,
  timedQuery,
} from './mysql-session.js';

/** A connection of its own that takes several statements in one packet. No other query runs with that switch. */
export interface PacketSession {
  /** The name of a lock that lives exactly as long as the session does on the server. */
  mark: string;
  maxPacketBytes: number;
  /** Rejects with the error of the first statement that fails; the server runs none of those behind it. */
  send(text: string): Promise<void>;
}

export interface OpeningSession {
  /** Rejects when the server cannot be reached, or refuses several statements in one packet. */
  ready: Promise<PacketSession>;
  close(): void;
}

/** Begins to open one; what it takes of round trips passes while the caller does other things. */
export function openPacketSession(settings: SessionSettings): OpeningSession {
  const connection = createConnection({
    ...connectionOptions(settings),
    multipleStatements: true,
    // What is sent has its values in it. mysql2 would read all of it for places to put some.
    queryFormat: (text) => text,
  });
  // It is heard of through the command that fails; without a listener it would end the process.
  connection.on('error', () => undefined);
  const ready = setUp(connection);
  // Whoever closes it before it is open does not ask what has become of it.
  ready.catch(() => undefined);
  return { ready, close: () => close(connection) };
}

/** In one packet, which tells as well whether the server takes packets of several statements. */
async function setUp(connection: Connection): Promise<PacketSession> {
  const mark = `country_exchange_${randomUUID()}`;
  const facts = 'select @@max_allowed_packet as maxPacketBytes';
  const results = await query(connection, `${sessionSettings};select get_lock('${mark}', 0);${facts}`);
  const [{ maxPacketBytes }] = (results as [unknown, unknown, [{ maxPacketBytes: number }]])[2];
  return {
    mark,
    // Larger ones save no time worth their memory.
    maxPacketBytes: Math.min(Number(maxPacketBytes), 1_000_000),
    send: async (text) => void (await query(connection, text)),
  };
}

/** After this time without an answer the connection counts as lost. */
const ANSWER_TIMEOUT_MS = 60_000;

function query(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    timedQuery(connection, { sql, timeout: ANSWER_TIMEOUT_MS }, (error, results) => {
      if (error) reject(error);
      else resolve(results);
    });
  });
}

/** Says good-bye where the server still listens, and waits for nothing. */
function close(connection: Connection): void {
  connection.end(() => undefined);
  setTimeout(() => cutOff(connection), 1_000).unref();
}
