import { fileURLToPath } from 'node:url';
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

/** Some hundred times what a drawing takes. */
const TIMEOUT_MS = 30_000;

/** True in development and in the tests, which run the sources as they are. */
const FROM_SOURCES = import.meta.url.endsWith('.ts');

const starter = new Starter({
  command: [
    process.execPath,
    ...(FROM_SOURCES ? ['--import', import.meta.resolve('tsx')] : []),
    fileURLToPath(new URL(FROM_SOURCES ? './draw-process.ts' : './draw-process.js', import.meta.url)),
  ],
  // The machine's own fonts would be searched for missing letters, and the picture differ from machine to machine.
  env: { ...process.env, DISABLE_SYSTEM_FONTS_LOAD: '1' },
  timeoutMs: TIMEOUT_MS,
});

async function answerTo(summary: Summary): Promise<DrawingAnswer> {
  return JSON.parse(await starter.run(JSON.stringify(summary))) as DrawingAnswer;
}

function asFailure(error: Error): DrawingAnswer {
  return { failure: error.message };
}
