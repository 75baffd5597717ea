import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../client/client.js';

/** How long a client retries before it gives up. */
const RETRIES_FOR_MS = 30_000;
const RETRY_EVERY_MS = 100;

/** Repeats a request until its answer has no errors, and returns the data. */
export async function askUntilAnswered(client: Client, query: string): Promise<Record<string, unknown>> {
  for (const deadline = performance.now() + RETRIES_FOR_MS; ; await sleep(RETRY_EVERY_MS)) {
    const answer = await client.post(query).catch((error: Error) => ({ data: null, errors: [error] }));
    if (answer.data && answer.errors.length === 0) return answer.data;
    if (performance.now() > deadline) throw new Error(`No answer to ${query}: ${JSON.stringify(answer.errors)}`);
  }
}

interface Lap {
  reads: number;
  /** From the snapshot in memory and from the database, each from the first attempt to the answer. */
  longestMs: { snapshot: number; database: number };
}

/** A client that reads all the time, and retries what fails. */
export class Load {
  /** Answers with countries of more than one refresh. */
  readonly mixed: string[] = [];
  readonly #client: Client;
  readonly #versionOf: (population: number) => number;
  #lap: Lap = emptyLap();
  #isStopped = false;
  readonly #running: Promise<void>;

  constructor(url: string, versionOf: (population: number) => number) {
    this.#client = createClient(url);
    this.#versionOf = versionOf;
    this.#running = this.#run();
  }

  /** The reads since the last call. */
  lap(): Lap {
    const lap = this.#lap;
    this.#lap = emptyLap();
    return lap;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (; !this.#isStopped; await sleep(40)) {
      const { countries } = await this.#timed('snapshot', '{ countries(first: 250) { nodes { code population } } }');
      const { nodes } = countries as { nodes: { code: string; population: number }[] };
      const versions = new Set(nodes.map(({ population }) => this.#versionOf(population)));
      if (versions.size !== 1) this.mixed.push([...versions].join());
      await this.#timed('database', '{ refreshes(first: 3) { id state } }');
    }
  }

  async #timed(kind: keyof Lap['longestMs'], query: string): Promise<Record<string, unknown>> {
    const startedAt = performance.now();
    const data = await askUntilAnswered(this.#client, query);
    this.#lap.reads += 1;
    this.#lap.longestMs[kind] = Math.max(this.#lap.longestMs[kind], performance.now() - startedAt);
    return data;
  }
}

function emptyLap(): Lap {
  return { reads: 0, longestMs: { snapshot: 0, database: 0 } };
}
