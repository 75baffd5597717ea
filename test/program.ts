import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A program of the product as a process of its own. */
export class Program {
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;
  #output = '';

  constructor(file: URL, args: string[], env: Readonly<Record<string, string | undefined>>, cwd?: string) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.#process = spawn(process.execPath, [fileURLToPath(file), ...args], {
      cwd,
      env: { PATH, HOME, TMPDIR, ...env } as NodeJS.ProcessEnv,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (data) => {
        this.#output += data;
      });
    this.ended = new Promise((resolve) => this.#process.once('exit', resolve));
  }

  get output(): string {
    return this.#output;
  }

  async logged(pattern: RegExp, withinMs = 15_000): Promise<RegExpExecArray> {
    for (const deadline = Date.now() + withinMs; ; await sleep(20)) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (Date.now() >= deadline) break;
    }
    throw new Error(`No ${pattern} in:\n${this.#output}`);
  }

  /** Tells it to stop, and waits until it has. Returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#process.kill(signal);
    return this.ended;
  }
}
