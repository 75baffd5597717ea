import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Database } from '../../db/database.js';
import type { SourceAnswerRow } from '../../db/tables.js';

/** What an upstream calls the version of an answer that it sent. */
export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

export interface RememberedAnswer extends Validators {
  body(): unknown;
}

/** One row must fit the smallest packet that a server takes. */
const LONGEST_BODY = 900_000;

/** The last usable answers, so that an upstream need not send again what has not changed. */
export class AnswerMemory {
  readonly #database: Database;
  readonly #rows = new Map<string, SourceAnswerRow>();
  readonly #unsaved = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<void> {
    const rows = await this.#database.kysely.selectFrom('source_answers').selectAll().execute();
    for (const row of rows) this.#rows.set(row.id, row);
  }

  recall(url: string): RememberedAnswer | undefined {
    const row = this.#rows.get(idOf(url));
    if (!row) return undefined;
    const body = () => JSON.parse(gunzipSync(Buffer.from(row.body, 'base64')).toString('utf8'));
    return { etag: row.etag, lastModified: row.last_modified, body };
  }

  /** An answer without a version could never be asked for by it. */
  keep(url: string, { etag, lastModified }: Validators, content: unknown): void {
    const id = idOf(url);
    const body = gzipSync(JSON.stringify(content)).toString('base64');
    const tooLong =
      body.length > LONGEST_BODY || (etag ?? '').length > 512 || (lastModified ?? '').length > 64;
    if (tooLong) return;
    this.#rows.set(id, { id, etag, last_modified: lastModified, body });
    this.#unsaved.add(id);
  }

  async save(): Promise<void> {
    const rows = [...this.#unsaved].flatMap((id) => this.#rows.get(id) ?? []);
    this.#unsaved.clear();
    await this.#database.writeAtomically(this.#database.upsert('source_answers', rows, ['id'], 1));
  }
}

/** The address may hold a key, which is nothing for a table. */
function idOf(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}
