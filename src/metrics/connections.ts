import { Gauge, type Registry } from 'prom-client';
import type { Config } from '../config.js';
import type { Database } from '../db/database.js';

/** The pool of connections to a database server; without one there is nothing to count, and the figures are missing. */
export function watchConnections(
  registry: Registry,
  database: Pick<Database, 'poolState'>,
  { poolSize, maxOverflow }: Config['database'],
): void {
  const registers = [registry];
  new Gauge({
    name: 'country_exchange_database_connections',
    help: 'Connections to the database: in use, or open and idle.',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const pool = database.poolState();
      if (!pool) return;
      this.set({ state: 'in_use' }, pool.inUse);
      this.set({ state: 'idle' }, pool.idle);
    },
  });
  new Gauge({
    name: 'country_exchange_database_waiting',
    help: 'Queries and transactions that wait for a connection to the database.',
    registers,
    collect() {
      const pool = database.poolState();
      if (pool) this.set(pool.waiting);
      else this.remove();
    },
  });
  new Gauge({
    name: 'country_exchange_database_connections_limit',
    help: 'Connections that are kept (DATABASE_POOL_SIZE), and that there are at most (with DATABASE_MAX_OVERFLOW).',
    labelNames: ['limit'] as const,
    registers,
    collect() {
      if (!database.poolState()) return;
      this.set({ limit: 'kept' }, poolSize);
      this.set({ limit: 'most' }, poolSize + maxOverflow);
    },
  });
}
