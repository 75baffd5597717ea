import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../src/env.js';

export interface ChildResult {
  stdout: string;
  stderr: string;
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
}

/** Runs a built program as a process of its own, with no other variables of the product than those given. */
export function runChild(
  file: URL,
  args: readonly string[] = [],
  env: Environment = {},
  cwd?: string,
): Promise<ChildResult> {
  const { PATH, HOME, TMPDIR } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [fileURLToPath(file), ...args],
      { cwd, env: { PATH, HOME, TMPDIR, ...env }, timeout: 30_000, killSignal: 'SIGKILL' },
      (_, stdout, stderr) => resolve({ stdout, stderr, exitCode: child.exitCode, signal: child.signalCode }),
    );
  });
}
