import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { GaleraNode } from './galera.js';

/** Looks at the tables of every node that answers, all the time. */
export class Watcher {
  looks = 0;
  readonly mixed: string[] = [];
  readonly #database: string;
  #isStopped = false;
  readonly #running: Promise<unknown>;

  constructor(nodes: readonly GaleraNode[], database: string) {
    this.#database = database;
    this.#running = Promise.all(nodes.map((node) => this.#watch(node)));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #watch(node: GaleraNode): Promise<void> {
    for (; !this.#isStopped; await sleep(500)) {
      const connection = await node.connect(this.#database).catch(() => undefined);
      // Until the node is killed or cut off.
      if (connection) await this.#look(connection, node.name).catch(() => connection.destroy());
    }
  }

  async #look(connection: Connection, name: string): Promise<void> {
    connection.on('error', () => undefined);
    for (; !this.#isStopped; await sleep(100)) {
      const sql = 'select count(distinct population mod 1000) as versions from countries';
      const [[row]] = await connection.query<({ versions: number } & RowDataPacket)[]>({ sql, timeout: 5_000 });
      this.looks += 1;
      if (row?.versions !== 1) this.mixed.push(`${row?.versions} on ${name}`);
    }
    connection.destroy();
  }
}
