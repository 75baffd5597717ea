import { text } from 'node:stream/consumers';
import { drawSummary } from './draw.js';
import type { Summary } from './summary.js';

// The process of one drawing: see render.ts. It reads the summary, and prints the answer.

/** One of the two. */
export interface DrawingAnswer {
  /** In base64. */
  png?: string;
  failure?: string;
}

// Whoever wanted the picture is gone.
process.stdout.once('error', () => process.exit());
const summary = JSON.parse(await text(process.stdin)) as Summary;
process.stdout.write(`${JSON.stringify(await draw(summary))}\n`);

async function draw(summary: Summary): Promise<DrawingAnswer> {
  try {
    return { png: (await drawSummary(summary)).toString('base64') };
  } catch (error) {
    return { failure: String(error) };
  }
}
