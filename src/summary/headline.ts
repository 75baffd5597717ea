import type { SKRSContext2D } from '@napi-rs/canvas';
import { formatCount, formatInstant } from './labels.js';
import { COLORS, LEFT_COLUMN } from './layout.js';
import type { Summary } from './summary.js';
import { drawText, fitText, type TextStyle } from './text.js';

const { x, width } = LEFT_COLUMN;

/** The left column: how many countries, how many currencies, and as of when. */
export function drawHeadline(context: SKRSContext2D, summary: Summary): void {
  drawText(context, 'country-exchange', x, 86, NAME);
  drawNumber(context, formatCount(summary.countries));
  drawText(context, summary.countries === 1 ? 'country' : 'countries', x, 366, UNIT);
  drawText(context, currencies(summary.currencies), x, 406, SECOND);
  drawText(context, 'Refreshed', x, 480, LABEL);
  drawText(context, formatInstant(summary.refreshedAt), x, 508, INSTANT);
}

/** Large digits stand visibly off their origin: without this they would not line up with the words below. */
function drawNumber(context: SKRSContext2D, number: string): void {
  const fitted = fitText(context, number, NUMBER);
  context.textAlign = 'left';
  // The spacing would be counted into the bounds.
  context.letterSpacing = '0px';
  drawText(context, number, x + context.measureText(fitted).actualBoundingBoxLeft, 312, NUMBER);
}

function currencies(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'currency' : 'currencies'}`;
}

const NAME: TextStyle = { sizePx: 20, weight: 600, color: COLORS.accent, maxWidth: width };
const NUMBER: TextStyle = {
  sizePx: 184,
  minSizePx: 48,
  weight: 800,
  color: COLORS.ink,
  maxWidth: width,
  letterSpacing: -7,
};
const UNIT: TextStyle = { sizePx: 40, weight: 600, color: COLORS.ink, maxWidth: width };
const SECOND: TextStyle = { sizePx: 24, weight: 400, color: COLORS.muted, maxWidth: width };
const LABEL: TextStyle = { sizePx: 18, weight: 400, color: COLORS.muted, maxWidth: width };
const INSTANT: TextStyle = { sizePx: 20, minSizePx: 16, weight: 600, color: COLORS.ink, maxWidth: width };
