import { fileURLToPath } from 'node:url';
import { FROM_SOURCES, programFile } from '../runtime.js';
import type { DrawingAnswer } from './draw-process.js';
import { Starter } from './starter.js';
import type { Summary } from './summary.js';

/**
 * Draws the summary in a process of its own, which ends with the picture: no query waits for it, and all of the
 * canvas's memory is given back. After a thread the server would keep it.
 */
export async function renderSummary(summary: Summary): Promise<Buffer> {
  const { png, failure } = await answerTo(summary).catch(asFailure);
  if (png === undefined) throw new Error(`Cannot draw the summary: ${failure}`);
  return Buffer.from(png, 'base64');
}

/** A thousand times what a drawing takes: on a busy machine it gets what others leave. */
const TIMEOUT_MS = 300_000;

const starter = new Starter({
  command: [
    process.execPath,
    ...(FROM_SOURCES ? ['--import', import.meta.resolve('tsx')] : []),
    fileURLToPath(programFile('summary/draw-process')),
  ],
  // The machine's own fonts would be searched for missing letters, and the picture differ from machine to machine.
  env: { ...process.env, DISABLE_SYSTEM_FONTS_LOAD: '1' },
  timeoutMs: TIMEOUT_MS,
});

/** Ends a drawing that is under way, which fails, and what has been kept for the next. */
export function stopRendering(): Promise<void> {
  return starter.close();
}

async function answerTo(summary: Summary): Promise<DrawingAnswer> {
  return JSON.parse(await starter.run(JSON.stringify(summary))) as DrawingAnswer;
}

function asFailure(error: Error): DrawingAnswer {
  return { failure: error.message };
}
