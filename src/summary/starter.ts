import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

/**
 * For each line that it gets, it runs the command with that line as its input, and tells of its begin and its end.
 * On Linux, what has the lowest priority still runs on for some milliseconds when the server wants the same processor;
 * what is scheduled as idle gives way at once.
 */
const SCRIPT = `chrt -i -p 0 "$$" >/dev/null 2>&1
while read -r line; do
  printf '%s\\n' "$line" | "$@" &
  echo "started $!"
  wait "$!"
  echo "ended $?"
done`;

interface StarterOptions {
  command: readonly [file: string, ...args: string[]];
  env: NodeJS.ProcessEnv;
  /** After that, a process is killed. */
  timeoutMs: number;
  shell?: string;
}

interface Shell {
  process: ChildProcessByStdio<Writable, Readable, null>;
  lines: AsyncIterator<string, undefined>;
  /** The process that it has started and that has not ended. */
  running?: number;
}

/**
 * Starts processes of the lowest priority, one at a time. Who starts a process is held up while the system copies the
 * tables of all its memory, five milliseconds for a server. So a shell does it, which has little memory and stays.
 */
export class Starter {
  readonly #options: StarterOptions;
  #shell: Shell | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** What the command prints. Rejects when it fails. */
  run(input: string): Promise<string> {
    const output = this.#last.then(() => this.#run(input));
    this.#last = output.catch(() => undefined);
    return output;
  }

  /** Kills what runs, which fails, and waits until it and the shell are gone. The next begins with another shell. */
  async close(): Promise<void> {
    const shell = this.#shell;
    if (!shell) return;
    const gone = once(shell.process, 'exit');
    hold(shell, true);
    if (shell.running !== undefined) kill(shell.running);
    shell.process.stdin.end();
    await gone;
  }

  async #run(input: string): Promise<string> {
    this.#shell ??= this.#openShell();
    if (!this.#shell) return this.#runWithoutShell(input);
    const shell = this.#shell;
    hold(shell, true);
    try {
      return await outputOf(shell, input, this.#options.timeoutMs);
    } finally {
      hold(shell, false);
    }
  }

  #openShell(): Shell | undefined {
    const { command, env, shell = '/bin/sh' } = this.#options;
    const child = spawn(shell, ['-c', SCRIPT, 'sh', ...command], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    // That there is none is seen by its id, and that it has ended by its output.
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    child.once('exit', () => {
      this.#shell = undefined;
    });
    if (child.pid === undefined) return undefined;
    setPriority(child.pid, constants.priority.PRIORITY_LOW);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { process: child, lines };
  }

  async #runWithoutShell(input: string): Promise<string> {
    const { command, env, timeoutMs } = this.#options;
    const [file, ...args] = command;
    const running = promisify(execFile)(file, args, { env, timeout: timeoutMs, maxBuffer: MAX_OUTPUT });
    if (running.child.pid !== undefined) setPriority(running.child.pid, constants.priority.PRIORITY_LOW);
    running.child.stdin?.end(`${input}\n`);
    return (await running).stdout;
  }
}

const MAX_OUTPUT = 10_000_000;

async function outputOf(shell: Shell, input: string, timeoutMs: number): Promise<string> {
  const { process: child, lines } = shell;
  const output: string[] = [];
  let overdue: NodeJS.Timeout | undefined;
  child.stdin.write(`${input}\n`);
  try {
    for (;;) {
      const { value: line } = await lines.next();
      if (line === undefined) throw new Error('its shell has ended');
      const [, event, number] = /^(started|ended) (\d+)$/.exec(line) ?? [];
      if (event === undefined) output.push(line);
      else if (event === 'started') {
        shell.running = Number(number);
        overdue = setTimeout(kill, timeoutMs, shell.running);
      } else if (number === '0') return output.join('\n');
      else throw new Error(`the process ended with code ${number}`);
    }
  } finally {
    clearTimeout(overdue);
    delete shell.running;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** While it works, this process must not end; when it waits, it must not keep this process from its end. */
function hold({ process: child }: Shell, held: boolean): void {
  for (const handle of [child, child.stdin as Socket, child.stdout as Socket]) {
    if (held) handle.ref();
    else handle.unref();
  }
}
