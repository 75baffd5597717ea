import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the processor and the memory had to give to a process. */
export interface Usage {
  cpuMs: number;
  rssMb: number;
  peakRssMb: number;
}

/** A process of ours that is being measured; it tells about itself through probe.mjs. */
export interface Measurable {
  child: ChildProcess;
  usage(): Promise<Usage>;
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
    usage: async () => {
      child.send('usage');
      return (await message(child, 'usage')) as Usage;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
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
