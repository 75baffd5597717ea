import { drawSummary } from './draw.js';
import type { Summary } from './summary.js';

// The process of one drawing: see render.ts. It ends when it is let go, or when the process that asked is gone.

/** One of the two. */
export interface DrawingAnswer {
  png?: Uint8Array;
  failure?: string;
}

process.once('disconnect', () => process.exit());
process.once('message', async (summary: Summary) => process.send?.(await draw(summary)));

async function draw(summary: Summary): Promise<DrawingAnswer> {
  try {
    return { png: await drawSummary(summary) };
  } catch (error) {
    return { failure: String(error) };
  }
}
