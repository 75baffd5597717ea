import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { DrawingAnswer } from './draw-process.js';
import type { Summary } from './summary.js';

/**
 * Draws the summary in a process of its own, which ends with the picture: no query waits for it, and all of the
 * canvas's memory is given back. After a thread the server would keep it.
 */
export function renderSummary(summary: Summary): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = startDrawing();
    let answer: DrawingAnswer | undefined;
    child.once('message', (message: DrawingAnswer) => {
      answer = message;
      child.disconnect();
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const { png, failure } = answer ?? { failure: `the process ended with ${signal ?? `code ${code}`}` };
      if (png) resolve(Buffer.from(png));
      else reject(new Error(`Cannot draw the summary: ${failure}`));
    });
    child.send(summary);
  });
}

/** Some hundred times what a drawing takes. */
const TIMEOUT_MS = 30_000;

/** True in development and in the tests, which run the sources as they are. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');

const ENTRY = new URL(FROM_SOURCES ? './draw-process.ts' : './draw-process.js', import.meta.url);

function startDrawing(): ChildProcess {
  const child = fork(ENTRY, {
    // The machine's own fonts would be searched for missing letters, and the picture differ from machine to machine.
    env: { ...process.env, DISABLE_SYSTEM_FONTS_LOAD: '1' },
    execArgv: FROM_SOURCES ? ['--import', import.meta.resolve('tsx')] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    timeout: TIMEOUT_MS,
  });
  // Queries go first: nobody waits for the picture.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return child;
}
