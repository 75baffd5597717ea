/** One country as the peers store it: nine columns and the time, as the system that this one replaces has them. */
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
  /** How many round trips it takes, about; what would take minutes is not waited for. */
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

export const BATCH_SIZE = 100;

export function batches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH_SIZE) }, (_, at) =>
    rows.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE),
  );
}

export const CREATE_TABLE = `create table if not exists peer_countries (
  code varchar(3) not null primary key, name varchar(255) not null, capital varchar(255), region varchar(64),
  population bigint not null, currency_code varchar(3), exchange_rate double, estimated_gdp double,
  flag_url varchar(255), last_refreshed_at datetime(3) not null) engine = InnoDB default character set utf8mb4`;

export const COLUMNS = [
  'code',
  'name',
  'capital',
  'region',
  'population',
  'currency_code',
  'exchange_rate',
  'estimated_gdp',
  'flag_url',
  'last_refreshed_at',
] as const satisfies readonly (keyof PeerRow)[];

export const UPDATED = COLUMNS.filter((column) => column !== 'code');

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
