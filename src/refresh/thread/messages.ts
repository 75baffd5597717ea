import type { MessagePort } from 'node:worker_threads';
import type { Config } from '../../config.js';
import type { RefreshLeaseRow } from '../../db/tables.js';
import type { LeaseTimes } from '../lease.js';
import type { Refresh } from '../refresh.type.js';
import type { PlainError } from './plain-error.js';

/** What the thread is started with. */
export interface ThreadData {
  config: Pick<Config, 'database' | 'sources' | 'refresh'>;
  cacheDir: string;
  times: LeaseTimes;
  /** Of the refresh that it is started for: its sources are asked before the order comes. */
  force: boolean;
}

export interface Order {
  /** As it was begun; it also says whether it is a dry run. */
  report: Refresh;
  force: boolean;
  /** The holder of the lease that is known to be none any more. */
  dead: RefreshLeaseRow | undefined;
}

/** What is said of one refresh goes through a port of its own. The thread closes it when nothing more is to come. */
export type ToThread = { order: Order; port: MessagePort } | 'end';

export interface ToRun {
  abort: PlainError;
}

/** For the log. */
export interface FromThread {
  warning: string;
  fields: Record<string, unknown>;
  err: PlainError | undefined;
}

export type FromRun = { changes: Partial<Refresh> } | 'granted' | { ended: End };

/** Undefined when it has succeeded: then what follows the commit is still to come. */
export type End = { heldBy: RefreshLeaseRow } | { failure: PlainError } | undefined;
