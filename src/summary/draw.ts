import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { registerFonts } from './fonts.js';
import { drawFooter } from './footer.js';
import { drawHeadline } from './headline.js';
import { COLORS, PICTURE } from './layout.js';
import { drawBundledMark } from './mark.js';
import { drawRanking } from './ranking.js';
import type { Summary } from './summary.js';

/** Draws the summary as a PNG of 1200 x 630 pixels. The same summary always gives the same bytes. */
export async function drawSummary(summary: Summary): Promise<Buffer> {
  registerFonts();
  const canvas = createCanvas(PICTURE.width, PICTURE.height);
  const context = canvas.getContext('2d');
  fillBackground(context);
  drawHeadline(context, summary);
  await drawRanking(context, summary);
  drawFooter(context, summary.sources);
  if (summary.bundled) drawBundledMark(context);
  return canvas.encode('png');
}

/** One flat colour: a gradient makes the PNG slower to encode and several times as large. */
function fillBackground(context: SKRSContext2D): void {
  context.fillStyle = COLORS.background;
  context.fillRect(0, 0, PICTURE.width, PICTURE.height);
}
