import { type Connection, createConnection } from 'mysql2/promise';
import { batches, COLUMNS, type Peer, type PeerConnection, type PeerRow, UPDATED } from './peer.js';

// The three versions of the system that this one replaces, told again in TypeScript on the driver that all here use.

/** Its first: every row an object of the ORM, every change an UPDATE of its own. */
export const singleUpdates: Peer = {
  name: 'original 1: an UPDATE for each row',
  roundTrips: 253,
  open: (connection) =>
    withConnection(connection, async (open, rows) => {
      const [known] = await open.query('select code from peer_countries');
      const codes = new Set((known as { code: string }[]).map(({ code }) => code));
      for (const row of rows) await open.query(...(codes.has(row.code) ? update(row) : insert([row])));
    }),
};

/** Its second: "bulk" by name, but the driver still sends one statement for each row. */
export const bulkMappings: Peer = {
  name: 'original 2: bulk mappings, prepared',
  roundTrips: 253,
  open: (connection) =>
    withConnection(connection, async (open, rows) => {
      const [known] = await open.query('select code from peer_countries');
      const codes = new Set((known as { code: string }[]).map(({ code }) => code));
      const sql = `update peer_countries set ${UPDATED.map((column) => `${column} = ?`).join(', ')} where code = ?`;
      for (const row of rows) {
        if (codes.has(row.code)) await open.execute(sql, [...UPDATED.map((column) => row[column]), row.code]);
        else await open.query(...insert([row]));
      }
    }),
};

/** Its last: multi-row upserts of 100, one statement after the other. */
export const rawBatches: Peer = {
  name: 'original 3: raw SQL in batches of 100',
  roundTrips: 5,
  open: (connection) =>
    withConnection(connection, async (open, rows) => {
      for (const batch of batches(rows)) await open.query(...insert(batch));
    }),
};

async function withConnection(
  options: PeerConnection,
  write: (open: Connection, rows: readonly PeerRow[]) => Promise<void>,
) {
  const open = await createConnection({ ...options, dateStrings: true });
  return {
    write: async (rows: readonly PeerRow[]) => {
      await open.query('start transaction');
      await write(open, rows);
      await open.query('commit');
    },
    close: () => open.end(),
  };
}

function update(row: PeerRow): [string, unknown[]] {
  const { code, ...changes } = row;
  return ['update peer_countries set ? where code = ?', [changes, code]];
}

function insert(rows: readonly PeerRow[]): [string, unknown[]] {
  const sets = UPDATED.map((column) => `${column} = values(${column})`).join(', ');
  return [
    `insert into peer_countries (${COLUMNS.join(', ')}) values ? on duplicate key update ${sets}`,
    [rows.map((row) => COLUMNS.map((column) => row[column]))],
  ];
}
