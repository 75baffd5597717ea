import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
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
  readonly #unsaved = new Map<string, RememberedAnswer>();

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<void> {
    const rows = await this.#database.kysely.selectFrom('source_answers').selectAll().execute();
    for (const row of rows) this.#rows.set(row.id, row);
  }

  recall(url: string): RememberedAnswer | undefined {
    const id = idOf(url);
    const row = this.#rows.get(id);
    if (this.#unsaved.has(id) || !row) return this.#unsaved.get(id);
    const body = () => JSON.parse(gunzipSync(Buffer.from(row.body, 'base64')).toString('utf8'));
    return { etag: row.etag, lastModified: row.last_modified, body };
  }

  /** As it is: a refresh waits for this, and for `save` nobody does. */
  keep(url: string, { etag, lastModified }: Validators, content: unknown): void {
    if ((etag ?? '').length > 512 || (lastModified ?? '').length > 64) return;
    this.#unsaved.set(idOf(url), { etag, lastModified, body: () => content });
  }

  async save(): Promise<void> {
    const rows: SourceAnswerRow[] = [];
    for (const [id, answer] of this.#unsaved) {
      const row = await packed(id, answer);
      if (row.body.length <= LONGEST_BODY) rows.push(row);
      // Unless a refresh has brought another one meanwhile.
      if (this.#unsaved.get(id) === answer) this.#unsaved.delete(id);
    }
    for (const row of rows) this.#rows.set(row.id, row);
    await this.#database.writeAtomically(this.#database.upsert('source_answers', rows, ['id'], 1));
  }
}

async function packed(id: string, { etag, lastModified, body }: RememberedAnswer): Promise<SourceAnswerRow> {
  const bytes = await promisify(gzip)(JSON.stringify(body()));
  return { id, etag, last_modified: lastModified, body: bytes.toString('base64') };
}

/** The address may hold a key, which is nothing for a table. */
function idOf(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}
