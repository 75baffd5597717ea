import type { Database, DatabaseOptions } from '../../src/db/database.js';
import type { DialectName, TestDatabase } from '../databases.js';
import type { Upstream } from '../upstream/upstream.js';
import type { SmallDisk } from './small-disk.js';
import type { Attempt, AttemptOptions } from './stage.js';

/** In which part of a refresh something fails. */
type Part = 'fetch' | 'merge' | 'store' | 'picture' | 'process';

/** One way in which a refresh can be hit. */
export interface Fault {
  part: Part;
  /** What fails, as a reader would call it. */
  name: string;
  /** How the test brings it about. */
  done: string;
  /** Only where that kind of database can fail so. */
  only?: 'sqlite' | 'mysql' | 'server';
  /** True for what only happens on a database server with a disk of its own: see `disk`. */
  onSmallDisk?: true;
  /** What the tables must be afterwards; `either` when it is a matter of the moment. */
  data: 'before' | 'after' | 'either';
  /** What the user must see: in the error, or in the codes of the warnings. */
  sees: RegExp;
  /** Makes the refresh and lets it be hit; what it began it ends. */
  hit(stage: Stage): Promise<Outcome>;
}

/** The kinds of database that can fail so. */
export function dialectsOf({ only }: Fault): DialectName[] {
  if (only === 'server') return ['mysql', 'postgres'];
  return only ? [only] : ['sqlite', 'mysql', 'postgres'];
}

/** What a fault may use. */
export interface Stage {
  upstream: Upstream;
  /** Of somebody who looks on, and takes no part in the refresh. */
  testDatabase: TestDatabase;
  /** Where the picture is kept. */
  cacheDir: string;
  /** Of the database server, where it is one of its own. */
  disk?: SmallDisk;
  /** One more pool on the data, which is closed behind the fault. */
  connect(options?: Partial<DatabaseOptions>): Promise<Database>;
  /** A refresh of its own service on a pool of its own, which are closed behind it. */
  attempt(options?: AttemptOptions): Promise<Attempt>;
}

/** What the user saw. */
export type Outcome = string;
