import { parentPort, workerData } from 'node:worker_threads';
import type { Summary } from './summary.js';

// The thread of one drawing: it gets a summary, posts the picture and ends. See summary.service.ts.

// Otherwise letters that Inter lacks would be taken from the machine's fonts, and the picture would differ by machine.
process.env.DISABLE_SYSTEM_FONTS_LOAD = '1';
const { drawSummary } = await import('./draw.js');
parentPort?.postMessage(await drawSummary(workerData as Summary));
