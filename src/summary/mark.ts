import type { SKRSContext2D } from '@napi-rs/canvas';
import { COLORS, RIGHT_COLUMN } from './layout.js';
import { drawText, measureText, type TextStyle } from './text.js';

/** Says, in the upper right corner, that the figures are not live ones. */
export function drawBundledMark(context: SKRSContext2D): void {
  const width = measureText(context, TEXT, STYLE) + 2 * PADDING;
  const left = RIGHT_COLUMN.x + RIGHT_COLUMN.width - width;
  context.strokeStyle = COLORS.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(left, TOP, width, HEIGHT, HEIGHT / 2);
  context.stroke();
  drawText(context, TEXT, left + PADDING, TOP + 22, STYLE);
}

const TEXT = 'Bundled data';
const STYLE: TextStyle = { sizePx: 16, weight: 600, color: COLORS.accent, maxWidth: 200 };
const TOP = 62;
const HEIGHT = 32;
const PADDING = 16;
