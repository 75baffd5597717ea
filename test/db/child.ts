import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildResult {
  stdout: string;
  stderr: string;
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
}

/** Runs a TypeScript file of `children/` as a process of its own. */
export function runChild(script: string, ...args: string[]): Promise<ChildResult> {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', path, ...args], (_, stdout, stderr) =>
      resolve({ stdout, stderr, exitCode: child.exitCode, signal: child.signalCode }),
    );
  });
}
