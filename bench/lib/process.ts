import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the processor and the memory had to give to a process. */
export interface Usage {
  cpuMs: number;
  rssMb: number;
  peakRssMb: number;
}

/** How late the event loop of a process came. */
export interface LoopDelay {
  p99Ms: number;
  maxMs: number;
  /** The most CPU time that its thread took between two turns; 0 where the system does not tell. */
  longestTurnMs: number;
}

/** A process of ours that is being measured; it tells about itself through probe.mjs. */
export interface Measurable {
  child: ChildProcess;
  usage(): Promise<Usage>;
  /** Since it was last asked for; the first answer is good for nothing. */
  loopDelay(): Promise<LoopDelay>;
  stop(): Promise<void>;
}

const PROBE = new URL('./probe.mjs', import.meta.url).href;

export function startMeasurable(
  script: URL,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  execArgv: readonly string[] = ['--import', 'tsx'],
): Measurable {
  const child = fork(fileURLToPath(script), args, {
    execArgv: [...execArgv, '--import', PROBE],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    usage: async () => (await ask(child, 'usage')) as Usage,
    loopDelay: async () => (await ask(child, 'loop')) as LoopDelay,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function ask(child: ChildProcess, question: string): Promise<unknown> {
  const answer = message(child, question);
  child.send(question);
  return answer;
}

/** Waits for `{ [kind]: value }`. */
export function message(child: ChildProcess, kind: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The process ended with ${code}`));
    const onMessage = (received: unknown) => {
      if (typeof received !== 'object' || received === null || !(kind in received)) return;
      child.off('exit', onExit);
      child.off('message', onMessage);
      resolve((received as Record<string, unknown>)[kind]);
    };
    child.once('exit', onExit);
    child.on('message', onMessage);
  });
}
