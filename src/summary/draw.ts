import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { drawRanking } from './ranking.js';
import { COLORS, FOOTER, LEFT_COLUMN, PICTURE, RIGHT_COLUMN, type Summary } from './summary.js';
import {
  drawable,
  drawText,
  fitText,
  formatCount,
  formatInstant,
  formatRateDays,
  measureText,
  registerFonts,
  type TextStyle,
} from './text.js';

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

/** A gradient would make the PNG several times as large and slower to encode. */
function fillBackground(context: SKRSContext2D): void {
  context.fillStyle = COLORS.background;
  context.fillRect(0, 0, PICTURE.width, PICTURE.height);
}

const { x, width } = LEFT_COLUMN;

/** The left column: how many countries, how many currencies, and as of when. */
function drawHeadline(context: SKRSContext2D, summary: Summary): void {
  drawText(context, 'country-exchange', x, 86, NAME);
  drawNumber(context, formatCount(summary.countries));
  drawText(context, summary.countries === 1 ? 'country' : 'countries', x, 366, UNIT);
  drawText(context, currencies(summary.currencies), x, 406, SECOND);
  if (summary.ratesObserved) drawText(context, formatRateDays(summary.ratesObserved), x, 436, LABEL);
  drawText(context, 'Refreshed', x, 480, LABEL);
  drawText(context, formatInstant(summary.refreshedAt), x, 508, INSTANT);
}

/** Aligns the large digits with the words below, without the space that they have on their left. */
function drawNumber(context: SKRSContext2D, number: string): void {
  const fitted = fitText(context, number, NUMBER);
  context.textAlign = 'left';
  // It would be part of the measured bounds.
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
const LABEL: TextStyle = { sizePx: 18, minSizePx: 14, weight: 400, color: COLORS.muted, maxWidth: width };
const INSTANT: TextStyle = { sizePx: 20, minSizePx: 16, weight: 600, color: COLORS.ink, maxWidth: width };

/** A rule, and below it the sources in one or two lines. */
function drawFooter(context: SKRSContext2D, sources: string[]): void {
  context.fillStyle = COLORS.rule;
  context.fillRect(FOOTER.x, FOOTER.ruleY, FOOTER.width, 1);
  const names = sources.map(drawable).filter((name) => name !== null);
  const lines = breakLines(context, names);
  const first = lines.length > 1 ? 582 : 588;
  for (const [index, line] of lines.entries()) drawText(context, line, FOOTER.x, first + index * 26, STYLE);
}

const STYLE: TextStyle = { sizePx: 18, weight: 400, color: COLORS.muted, maxWidth: FOOTER.width };
const MAX_LINES = 2;

/** Breaks between two names. The last line is cut when it is drawn. */
function breakLines(context: SKRSContext2D, [first, ...others]: string[]): string[] {
  if (first === undefined) return [];
  const lines = [`${others.length === 0 ? 'Source' : 'Sources'}: ${first}`];
  for (const name of others) {
    const longer = `${lines.at(-1)} · ${name}`;
    const fits = measureText(context, longer, STYLE) <= FOOTER.width;
    if (fits || lines.length === MAX_LINES) lines[lines.length - 1] = longer;
    else lines.push(name);
  }
  return lines;
}

/** In the upper right corner. */
function drawBundledMark(context: SKRSContext2D): void {
  const width = measureText(context, TEXT, MARK_STYLE) + 2 * PADDING;
  const left = RIGHT_COLUMN.x + RIGHT_COLUMN.width - width;
  context.strokeStyle = COLORS.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(left, TOP, width, HEIGHT, HEIGHT / 2);
  context.stroke();
  drawText(context, TEXT, left + PADDING, TOP + 22, MARK_STYLE);
}

const TEXT = 'Bundled data';
const MARK_STYLE: TextStyle = { sizePx: 16, weight: 600, color: COLORS.accent, maxWidth: 200 };
const TOP = 62;
const HEIGHT = 32;
const PADDING = 16;
