import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Database } from '../../db/database.js';
import type { Logger } from '../../logger.js';
import type { Run, Runner, RunParts } from '../runner.js';
import type { FromThread, Order, ThreadData, ToThread } from './messages.js';
import { logWarning } from './port-logger.js';
import { RemoteRun } from './remote-run.js';
import { startWorker } from './start-worker.js';

export interface ThreadOptions extends Omit<ThreadData, 'force'> {
  logger: Logger;
  /** The one that the thread writes to, as this thread sees it. */
  database: Pick<Database, 'dataVersion'>;
  /** How long the thread stays for the next refresh. It holds some 30 MB. */
  idleMs?: number | undefined;
}

const IDLE_MS = 600_000;

/** The longest that its end is waited for. */
const END_WITHIN_MS = 5_000;

/**
 * Runs refreshes on a thread of their own: no query waits while the answers of the sources are read, checked, merged and
 * written. It is started for a refresh, and ends when none has come for a while.
 */
export class RefreshThread implements Runner {
  readonly #options: ThreadOptions;
  #worker: Worker | undefined;
  #ports = 0;
  #idle: NodeJS.Timeout | undefined;
  /** The end of the last thread that was told to end. */
  #ending: Promise<void> = Promise.resolve();

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  begin(parts: RunParts): Run {
    const { database, logger } = this.#options;
    const onWritten = () => database.dataVersion.expire();
    return new RemoteRun({ ...parts, send: (order) => this.#send(order), onWritten, logger });
  }

  /** Ends the thread, and the drawing of a picture. Refreshes have been ended by whoever began them. */
  close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) this.#ending = this.#end(worker);
    return this.#ending;
  }

  async #end(worker: Worker): Promise<void> {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    // The process lives that long: the database's driver aborts it where its thread is ended from outside.
    worker.ref();
    worker.postMessage('end' satisfies ToThread);
    await Promise.race([ended, sleep(END_WITHIN_MS, undefined, { ref: false })]);
  }

  #send(order: Order): MessagePort {
    this.#worker ??= this.#start(order.force);
    const { port1, port2 } = new MessageChannel();
    this.#ports += 1;
    clearTimeout(this.#idle);
    port1.once('close', () => this.#rest());
    this.#worker.postMessage({ order, port: port2 } satisfies ToThread, [port2]);
    return port1;
  }

  #rest(): void {
    this.#ports -= 1;
    if (this.#ports > 0) return;
    this.#idle = setTimeout(() => this.close(), this.#options.idleMs ?? IDLE_MS).unref();
  }

  #start(force: boolean): Worker {
    const { config, cacheDir, times, logger } = this.#options;
    const worker = startWorker({ config, cacheDir, times, force });
    worker.on('message', (warning: FromThread) => logWarning(logger, warning));
    const forget = () => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    // The refreshes that it ran hear of it by their ports.
    worker.on('error', (err) => {
      forget();
      logger.error({ err }, 'the thread of the refreshes has failed');
    });
    worker.once('exit', forget);
    // The process lives for its refreshes, whose ports are open, not for a thread that waits.
    worker.unref();
    return worker;
  }
}
