import knex from 'knex';
import { Kysely, MysqlDialect, sql } from 'kysely';
import { createPool } from 'mysql2';
import { type Connection, createConnection } from 'mysql2/promise';

/** One country as the peers store it: nine columns and the time, as in the system that this one replaces. */
export interface PeerRow {
  code: string;
  name: string;
  capital: string | null;
  region: string | null;
  population: number;
  currency_code: string | null;
  exchange_rate: number | null;
  estimated_gdp: number | null;
  flag_url: string | null;
  last_refreshed_at: string;
}

/** Another way to bring 250 rows up to date, as its documentation shows it. */
export interface Peer {
  name: string;
  /** About how many it takes; where they would take minutes, the time is computed from them. */
  roundTrips: number;
  open(connection: PeerConnection): Promise<OpenPeer>;
}

export interface OpenPeer {
  write(rows: readonly PeerRow[]): Promise<void>;
  close(): Promise<unknown>;
}

export interface PeerConnection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export const CREATE_TABLE = `create table if not exists peer_countries (
  code varchar(3) not null primary key, name varchar(255) not null, capital varchar(255), region varchar(64),
  population bigint not null, currency_code varchar(3), exchange_rate double, estimated_gdp double,
  flag_url varchar(255), last_refreshed_at datetime(3) not null) engine = InnoDB default character set utf8mb4`;

export function peerRows(count: number): PeerRow[] {
  return Array.from({ length: count }, (_, at) => ({
    code: at.toString(36).padStart(3, '0'),
    name: `Country ${at}`,
    capital: 'Capital',
    region: 'Europe',
    population: 1_000_000 + at,
    currency_code: 'EUR',
    exchange_rate: Math.random(),
    estimated_gdp: Math.random() * 1e12,
    flag_url: `https://flagcdn.com/${at}.svg`,
    last_refreshed_at: new Date().toISOString().slice(0, 23).replace('T', ' '),
  }));
}

const COLUMNS = Object.keys(peerRows(1)[0] as PeerRow) as (keyof PeerRow)[];
export const UPDATED = COLUMNS.filter((column) => column !== 'code');

export function batches<T>(rows: readonly T[], size = 100): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}

export const plainKysely: Peer = {
  name: 'Kysely, batches of 100 in a transaction',
  roundTrips: 5,
  async open(connection) {
    const pool = createPool({ ...connection, dateStrings: true });
    const kysely = new Kysely<{ peer_countries: PeerRow }>({ dialect: new MysqlDialect({ pool }) });
    const updates = Object.fromEntries(UPDATED.map((column) => [column, sql`values(${sql.ref(column)})`]));
    return {
      write: (rows) =>
        kysely.transaction().execute(async (transaction) => {
          for (const batch of batches(rows)) {
            const insert = transaction.insertInto('peer_countries').values(batch);
            await insert.onDuplicateKeyUpdate(updates).execute();
          }
        }),
      close: () => kysely.destroy(),
    };
  },
};

export const knexPeer: Peer = {
  name: 'Knex, batches of 100 in a transaction',
  roundTrips: 5,
  async open(connection) {
    const database = knex({ client: 'mysql2', connection: { ...connection, dateStrings: true } });
    return {
      write: (rows) =>
        database.transaction(async (transaction) => {
          for (const batch of batches(rows))
            await transaction('peer_countries').insert(batch).onConflict('code').merge();
        }),
      close: () => database.destroy(),
    };
  },
};

// The three versions of the system that this one replaces, rewritten in TypeScript with the driver of all others.

/** The first: each row an object of the ORM, each change an UPDATE of its own. */
export const singleUpdates: Peer = {
  name: 'original 1: an UPDATE for each row',
  roundTrips: 253,
  open: (connection) =>
    inTransaction(connection, async (open, rows) => {
      const known = await knownCodes(open);
      for (const { code, ...changes } of rows) {
        if (known.has(code)) await open.query('update peer_countries set ? where code = ?', [changes, code]);
        else await insert(open, [{ code, ...changes }]);
      }
    }),
};

/** The second: "bulk" by name, but the driver still sends one statement for each row. */
export const bulkMappings: Peer = {
  name: 'original 2: bulk mappings, prepared',
  roundTrips: 253,
  open: (connection) =>
    inTransaction(connection, async (open, rows) => {
      const known = await knownCodes(open);
      const update = `update peer_countries set ${UPDATED.map((column) => `${column} = ?`).join(', ')} where code = ?`;
      for (const row of rows) {
        if (known.has(row.code)) await open.execute(update, [...UPDATED.map((column) => row[column]), row.code]);
        else await insert(open, [row]);
      }
    }),
};

/** The last: multi-row upserts of 100, one statement after the other. */
export const rawBatches: Peer = {
  name: 'original 3: raw SQL in batches of 100',
  roundTrips: 5,
  open: (connection) =>
    inTransaction(connection, async (open, rows) => {
      for (const batch of batches(rows)) await insert(open, batch);
    }),
};

async function inTransaction(
  options: PeerConnection,
  write: (open: Connection, rows: readonly PeerRow[]) => Promise<void>,
): Promise<OpenPeer> {
  const open = await createConnection({ ...options, dateStrings: true });
  return {
    write: async (rows) => {
      await open.query('start transaction');
      await write(open, rows);
      await open.query('commit');
    },
    close: () => open.end(),
  };
}

async function knownCodes(open: Connection): Promise<Set<string>> {
  const [rows] = await open.query('select code from peer_countries');
  return new Set((rows as { code: string }[]).map(({ code }) => code));
}

async function insert(open: Connection, rows: readonly PeerRow[]): Promise<void> {
  const updates = UPDATED.map((column) => `${column} = values(${column})`).join(', ');
  const statement = `insert into peer_countries (${COLUMNS.join(', ')}) values ? on duplicate key update ${updates}`;
  await open.query(statement, [rows.map((row) => COLUMNS.map((column) => row[column]))]);
}
