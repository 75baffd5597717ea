import type { Database, Statement } from '../db/database.js';
import type { Refresh } from './refresh.type.js';
import { RefreshState } from './refresh-state.js';
import { reportStatements } from './store.js';

/** The reports that refreshes leave behind. */
export class RefreshReports {
  readonly #database: Database;
  /** How many are kept, the last success always among them. */
  readonly #kept: number;

  constructor(database: Database, kept = 100) {
    this.#database = database;
    this.#kept = kept;
  }

  /** The last refresh that changed the data. Null before the first. */
  async lastSuccess(): Promise<Refresh | null> {
    const row = await this.#newestFirst()
      .where('state', '=', RefreshState.SUCCEEDED)
      .limit(1)
      .executeTakeFirst();
    return row ? (JSON.parse(row.report) as Refresh) : null;
  }

  /** Whether the data of this refresh are stored: its report is written with them, in the same transaction. */
  async hasSucceeded(id: string): Promise<boolean> {
    const row = await this.#database.kysely
      .selectFrom('refreshes')
      .select('id')
      .where('id', '=', id)
      .where('state', '=', RefreshState.SUCCEEDED)
      .executeTakeFirst();
    return row !== undefined;
  }

  async find(id: string): Promise<Refresh | null> {
    // Which no database takes as a text, and no id has.
    if (id.includes('\0')) return null;
    const row = await this.#database.kysely
      .selectFrom('refreshes')
      .select('report')
      .where('id', '=', id)
      .executeTakeFirst();
    return row ? (JSON.parse(row.report) as Refresh) : null;
  }

  async newest(first: number): Promise<Refresh[]> {
    const rows = await this.#newestFirst().limit(first).execute();
    return rows.map((row) => JSON.parse(row.report) as Refresh);
  }

  /** With statements that are to be executed along with it, or not at all. */
  async save(report: Refresh, ...others: Statement[]): Promise<void> {
    await this.#database.writeAtomically([...reportStatements(this.#database, report), ...others]);
  }

  /** Deletes the reports beyond the number that is kept. */
  async prune(): Promise<void> {
    const [last, beyond] = await Promise.all([
      this.lastSuccess(),
      this.#newestFirst().select('id').offset(this.#kept).limit(1000).execute(),
    ]);
    const old = beyond.map((row) => row.id).filter((id) => id !== last?.id);
    if (old.length > 0) await this.#database.kysely.deleteFrom('refreshes').where('id', 'in', old).execute();
  }

  #newestFirst() {
    return this.#database.kysely
      .selectFrom('refreshes')
      .select('report')
      .orderBy('started_at', 'desc')
      .orderBy('id');
  }
}
