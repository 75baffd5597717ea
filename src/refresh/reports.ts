import type { Database } from '../db/database.js';
import { type Refresh, RefreshState } from './refresh.type.js';
import { reportStatements } from './store.js';

/** The reports that refreshes leave behind. */
export class RefreshReports {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The last refresh that changed the data. Null before the first. */
  async lastSuccess(): Promise<Refresh | null> {
    const row = await this.#database.kysely
      .selectFrom('refreshes')
      .select('report')
      .where('state', '=', RefreshState.SUCCEEDED)
      .orderBy('started_at', 'desc')
      .orderBy('id')
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

  async save(report: Refresh): Promise<void> {
    await this.#database.writeAtomically(reportStatements(this.#database, report));
  }
}
