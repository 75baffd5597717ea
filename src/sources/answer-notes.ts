import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../files.js';

/** What an upstream calls the version of an answer that it sent. */
export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

/**
 * What a new process knows of the answers before its database has told them: enough to ask politely, and no more. The
 * file may be missing, old or of another database, for the answers themselves are in the database alone.
 */
export interface AnswerNotes {
  /** By the id of the address. */
  answers: ReadonlyMap<string, Validators>;
  /** By the name of the source: before then it has nothing newer. */
  nextUpdates: ReadonlyMap<string, string>;
}

/** Some hundred times what there is to note. */
const MAX_BYTES = 100_000;

/** What cannot be read or understood is as good as not noted. */
export function readNotes(folder: string): AnswerNotes {
  try {
    const path = pathIn(folder);
    if (statSync(path).size > MAX_BYTES) return NOTHING;
    const { answers, nextUpdates } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>;
    return {
      answers: new Map(Object.entries(answers ?? {}).filter(isAnswer)),
      nextUpdates: new Map(Object.entries(nextUpdates ?? {}).filter(isMoment)),
    };
  } catch {
    return NOTHING;
  }
}

/** Without a word where the same is there already. */
export async function writeNotes(folder: string, notes: AnswerNotes): Promise<void> {
  const text = textOf(notes);
  if (text === textOf(readNotes(folder))) return;
  await replaceFile(pathIn(folder), text);
}

const NOTHING: AnswerNotes = { answers: new Map(), nextUpdates: new Map() };

function pathIn(folder: string): string {
  return join(folder, 'answers.json');
}

function textOf({ answers, nextUpdates }: AnswerNotes): string {
  const notes = { answers: inOrder(answers), nextUpdates: inOrder(nextUpdates) };
  return `${JSON.stringify(notes, null, 2)}\n`;
}

/** In whichever order the database told them. */
function inOrder(entries: ReadonlyMap<string, unknown>): object {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isAnswer(entry: [string, unknown]): entry is [string, Validators] {
  const { etag, lastModified } = (entry[1] ?? {}) as Partial<Record<string, unknown>>;
  return isHeader(etag) && isHeader(lastModified) && (etag !== null || lastModified !== null);
}

/** They are sent as headers: nothing that could be more than one may come from a file. */
function isHeader(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value));
}

function isMoment(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string' && !Number.isNaN(Date.parse(entry[1]));
}
