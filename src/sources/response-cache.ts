import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import type { Database } from '../db/database.js';
import { type Opening, opened, whileOpening } from '../db/opening.js';
import type { SourceAnswerRow } from '../db/tables.js';
import { SourceUnavailableError } from '../errors.js';
import { type AnswerNotes, readNotes, type Validators, writeNotes } from './answer-notes.js';
import { dayOf, type JsonAnswer, type JsonClient } from './http-client.js';
import { withoutSecrets } from './json.js';

export interface RememberedAnswer extends Validators {
  /** Undefined when it was only noted, and the database does not remember that very answer. */
  body(): unknown;
}

interface Opened {
  database: Database;
  opening: Opening;
}

/** One row must fit the smallest packet that a server takes. */
const LONGEST_BODY = 900_000;

/**
 * The last usable answers, so that an upstream need not send again what has not changed. They are in the database; a
 * file beside it notes what they are called, so that the upstreams can be asked before the database has answered.
 */
export class AnswerMemory {
  readonly #notesFolder: string | undefined;
  readonly #notes: AnswerNotes | undefined;
  readonly #nextUpdates: Map<string, string>;
  readonly #unsaved = new Map<string, RememberedAnswer>();
  readonly #opened: Promise<Opened>;
  #open: (opened: Opened) => void = () => undefined;
  #loading: Promise<void> | undefined;
  #rows: Map<string, SourceAnswerRow> | undefined;

  constructor(notesFolder?: string) {
    this.#notesFolder = notesFolder;
    this.#notes = notesFolder === undefined ? undefined : readNotes(notesFolder);
    this.#nextUpdates = new Map(this.#notes?.nextUpdates);
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** When the database has told what it remembers. Where it could not, it is asked again by whoever needs it next. */
  get loaded(): Promise<void> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  load(database: Database, opening: Opening = opened): Promise<void> {
    this.#open({ database, opening });
    return this.loaded;
  }

  recall(url: string): RememberedAnswer | undefined {
    const id = idOf(url);
    const unsaved = this.#unsaved.get(id);
    if (unsaved || this.#rows) return unsaved ?? remembered(this.#rows?.get(id));
    const noted = this.#notes?.answers.get(id);
    return noted && { ...noted, body: () => this.#bodyOf(id, noted) };
  }

  /** Whether it is noted that this source has newer figures by now, and nothing better is known yet. */
  knowsOfNewer(source: string): boolean {
    return this.#rows === undefined && Date.parse(this.#nextUpdates.get(source) ?? '') <= Date.now();
  }

  /** When the source will have newer figures, as its last answer says. */
  expect(source: string, nextUpdateAt: string | undefined): void {
    if (nextUpdateAt !== undefined) this.#nextUpdates.set(source, nextUpdateAt);
  }

  /** As it is: a refresh waits for this, and for `save` nobody does. */
  keep(url: string, { etag, lastModified }: Validators, content: unknown): void {
    if ((etag ?? '').length > 512 || (lastModified ?? '').length > 64) return;
    this.#unsaved.set(idOf(url), { etag, lastModified, body: () => content });
  }

  async save(): Promise<void> {
    await this.loaded;
    const rows: SourceAnswerRow[] = [];
    for (const [id, answer] of this.#unsaved) {
      const row = await packed(id, answer);
      if (row.body.length <= LONGEST_BODY) rows.push(row);
      // Unless a refresh has brought another one meanwhile.
      if (this.#unsaved.get(id) === answer) this.#unsaved.delete(id);
    }
    for (const row of rows) this.#rows?.set(row.id, row);
    const { database } = await this.#opened;
    await database.writeAtomically(database.upsert('source_answers', rows, ['id'], 1));
    await this.#note();
  }

  async #read(): Promise<void> {
    const { database, opening } = await this.#opened;
    const read = () => database.kysely.selectFrom('source_answers').selectAll().execute();
    const rows = await whileOpening(opening, read);
    this.#rows = new Map(rows.map((row) => [row.id, row]));
  }

  async #bodyOf(id: string, noted: Validators): Promise<unknown> {
    await this.loaded;
    const row = this.#rows?.get(id);
    const isSame = row?.etag === noted.etag && row.last_modified === noted.lastModified;
    return isSame ? remembered(row)?.body() : undefined;
  }

  async #note(): Promise<void> {
    if (this.#notesFolder === undefined) return;
    const named = [...(this.#rows?.values() ?? [])].filter((row) => row.etag ?? row.last_modified);
    const answers = named.map(
      ({ id, etag, last_modified: lastModified }) => [id, { etag, lastModified }] as const,
    );
    await writeNotes(this.#notesFolder, { answers: new Map(answers), nextUpdates: this.#nextUpdates });
  }
}

function remembered(row: SourceAnswerRow | undefined): RememberedAnswer | undefined {
  if (!row) return undefined;
  const body = () => JSON.parse(gunzipSync(Buffer.from(row.body, 'base64')).toString('utf8'));
  return { etag: row.etag, lastModified: row.last_modified, body };
}

async function packed(id: string, { etag, lastModified, body }: RememberedAnswer): Promise<SourceAnswerRow> {
  const bytes = await promisify(gzip)(JSON.stringify(body()));
  return { id, etag, last_modified: lastModified, body: bytes.toString('base64') };
}

/** The address may hold a key, which is nothing for a table. */
function idOf(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}

/** The client of one fetch. What it was sent is remembered when the source's adapter could use it. */
export interface RememberingClient extends JsonClient {
  /** Whether every answer was one that the upstream had sent before. */
  readonly isReused: boolean;
  keep(): void;
}

/** Asks for what has changed since the answer that is remembered. */
export function remembering(http: JsonClient, memory: AnswerMemory, force: boolean): RememberingClient {
  const fresh: (() => void)[] = [];
  let reused = 0;
  return {
    async getJson(request) {
      const known = force ? undefined : memory.recall(request.url);
      let answer = await http.getJson(known ? { ...request, validators: known } : request);
      if (known && answer.notModified) {
        const body = await known.body();
        if (body !== undefined) {
          reused += 1;
          return { ...answer, body, lastModifiedOn: dayOf(known.lastModified) };
        }
        answer = await http.getJson(request);
      }
      fresh.push(() => memory.keep(request.url, answer.validators, answer.body));
      return answer;
    },
    get isReused() {
      return reused > 0 && fresh.length === 0;
    },
    keep() {
      for (const remember of fresh) remember();
    },
  };
}

/** Answers from what is remembered, and asks nobody. */
export function rememberingOnly(memory: AnswerMemory | undefined): JsonClient {
  return {
    async getJson({ source, url }): Promise<JsonAnswer> {
      await memory?.loaded;
      const known = memory?.recall(url);
      if (!known) throw new SourceUnavailableError(source, 'nothing is remembered');
      return {
        body: await known.body(),
        url: withoutSecrets(url),
        lastModifiedOn: dayOf(known.lastModified),
        validators: known,
        notModified: true,
      };
    },
  };
}
