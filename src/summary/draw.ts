import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, type Image, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { COLORS, FOOTER, LEFT_COLUMN, PICTURE, type RankedCountry, RIGHT_COLUMN, type Summary } from './summary.js';
import {
  displayName,
  drawable,
  drawText,
  fitText,
  formatCount,
  formatDollars,
  formatInstant,
  formatRateDays,
  measureText,
  methodLabel,
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
  const { countries, currencies } = summary;
  drawText(context, 'country-exchange', x, 86, PRODUCT);
  drawNumber(context, formatCount(countries));
  drawText(context, countries === 1 ? 'country' : 'countries', x, 366, UNIT);
  drawText(context, `${formatCount(currencies)} ${currencies === 1 ? 'currency' : 'currencies'}`, x, 406, SECOND);
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

const PRODUCT: TextStyle = { sizePx: 20, weight: 600, color: COLORS.accent, maxWidth: width };
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

/** The largest economies as labelled bars. */
async function drawRanking(context: SKRSContext2D, summary: Summary): Promise<void> {
  const top = summary.top.slice(0, ROWS);
  if (top.length === 0) return drawNothingToRank(context, summary.countries);
  const title = top.length === 1 ? 'Largest economy' : 'Largest economies';
  drawTitle(context, title, methodLabel(summary.gdpMethod, top));
  const largest = Math.max(...top.map((country) => country.estimatedGdp));
  for (const [index, country] of top.entries()) {
    await drawRow(context, country, barLength(country.estimatedGdp, largest), topOf(index));
  }
}

const ROWS = 5;
const ROW = { top: 160, pitch: 76, flag: 48, barHeight: 12, gap: 24 } as const;
const FLAG = { x: RIGHT_COLUMN.x + ROW.flag / 2, radius: ROW.flag / 2 } as const;
const BAR = {
  x: RIGHT_COLUMN.x + ROW.flag + ROW.gap,
  offset: ROW.flag - ROW.barHeight - 2,
  width: RIGHT_COLUMN.width - ROW.flag - ROW.gap,
} as const;

const TITLE: TextStyle = { sizePx: 32, weight: 600, color: COLORS.ink, maxWidth: RIGHT_COLUMN.width };
const SUBTITLE: TextStyle = { ...TITLE, sizePx: 18, minSizePx: 14, weight: 400, color: COLORS.muted };
const VALUE: TextStyle = { sizePx: 24, weight: 600, color: COLORS.ink, align: 'right', maxWidth: 200 };
const COUNTRY: TextStyle = { sizePx: 24, minSizePx: 18, weight: 400, color: COLORS.ink, maxWidth: BAR.width };

function drawNothingToRank(context: SKRSContext2D, countries: number): void {
  if (countries === 0) drawTitle(context, 'No countries yet', 'The next refresh brings them.');
  else drawTitle(context, 'No GDP estimates yet', 'The sources sent nothing to estimate them from.');
  for (let index = 0; index < ROWS; index++) {
    fillDisc(context, topOf(index));
    drawBar(context, BAR.width, topOf(index), COLORS.track);
  }
}

function drawTitle(context: SKRSContext2D, title: string, subtitle: string): void {
  drawText(context, title, RIGHT_COLUMN.x, 88, TITLE);
  drawText(context, subtitle, RIGHT_COLUMN.x, 120, SUBTITLE);
}

/** At least a dot. */
function barLength(value: number, largest: number): number {
  const share = largest > 0 ? Math.max(value, 0) / largest : 0;
  return Math.max(BAR.width * share, ROW.barHeight);
}

function topOf(index: number): number {
  return ROW.top + index * ROW.pitch;
}

async function drawRow(context: SKRSContext2D, country: RankedCountry, length: number, top: number): Promise<void> {
  await drawFlag(context, country.code, top);
  const value = formatDollars(country.estimatedGdp);
  const valueWidth = drawText(context, value, BAR.x + BAR.width, top + 20, VALUE);
  const maxWidth = BAR.width - valueWidth - ROW.gap;
  drawText(context, displayName(country), BAR.x, top + 20, { ...COUNTRY, maxWidth });
  drawBar(context, BAR.width, top, COLORS.track);
  drawBar(context, length, top, COLORS.accent);
}

function drawBar(context: SKRSContext2D, length: number, top: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(BAR.x, top + BAR.offset, length, ROW.barHeight, ROW.barHeight / 2);
  context.fill();
}

/** The round flag of a country, or its code when there is none. */
async function drawFlag(context: SKRSContext2D, code: string, top: number): Promise<void> {
  const flag = await loadFlag(code);
  if (!flag) return drawLetters(context, code, top);
  context.drawImage(flag, RIGHT_COLUMN.x, top, ROW.flag, ROW.flag);
  // An outline, because some flags are white at the edge.
  context.strokeStyle = COLORS.outline;
  context.lineWidth = 1;
  context.beginPath();
  context.arc(FLAG.x, top + FLAG.radius, FLAG.radius - 0.5, 0, 2 * Math.PI);
  context.stroke();
}

function drawLetters(context: SKRSContext2D, code: string, top: number): void {
  fillDisc(context, top);
  drawText(context, drawable(code) ?? '?', FLAG.x, top + FLAG.radius + 6, LETTERS);
}

const LETTERS: TextStyle = { sizePx: 17, weight: 600, color: COLORS.muted, align: 'center', maxWidth: 0.8 * ROW.flag };

function fillDisc(context: SKRSContext2D, top: number): void {
  context.fillStyle = COLORS.track;
  context.beginPath();
  context.arc(FLAG.x, top + FLAG.radius, FLAG.radius, 0, 2 * Math.PI);
  context.fill();
}

const require = createRequire(import.meta.url);
const FLAGS = join(dirname(require.resolve('circle-flags/package.json')), 'flags');

async function loadFlag(code: string): Promise<Image | null> {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  const svg = await readFile(join(FLAGS, `${code.toLowerCase()}.svg`)).catch(() => null);
  return svg && Object.assign(await loadImage(svg), { width: ROW.flag, height: ROW.flag });
}

/** A rule, and below it the sources in one or two lines. */
function drawFooter(context: SKRSContext2D, sources: string[]): void {
  context.fillStyle = COLORS.rule;
  context.fillRect(FOOTER.x, FOOTER.ruleY, FOOTER.width, 1);
  const names = sources.map(drawable).filter((name) => name !== null);
  const lines = breakLines(context, names);
  const first = lines.length > 1 ? 582 : 588;
  for (const [index, line] of lines.entries()) drawText(context, line, FOOTER.x, first + index * 26, SOURCES);
}

const SOURCES: TextStyle = { sizePx: 18, weight: 400, color: COLORS.muted, maxWidth: FOOTER.width };
const MAX_LINES = 2;

/** Breaks between two names. The last line is cut when it is drawn. */
function breakLines(context: SKRSContext2D, [first, ...others]: string[]): string[] {
  if (first === undefined) return [];
  const lines = [`${others.length === 0 ? 'Source' : 'Sources'}: ${first}`];
  for (const name of others) {
    const longer = `${lines.at(-1)} · ${name}`;
    const fits = measureText(context, longer, SOURCES) <= FOOTER.width;
    if (fits || lines.length === MAX_LINES) lines[lines.length - 1] = longer;
    else lines.push(name);
  }
  return lines;
}

/** In the upper right corner. */
function drawBundledMark(context: SKRSContext2D): void {
  const width = measureText(context, MARK.text, MARK_STYLE) + 2 * MARK.padding;
  const left = RIGHT_COLUMN.x + RIGHT_COLUMN.width - width;
  context.strokeStyle = COLORS.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(left, MARK.top, width, MARK.height, MARK.height / 2);
  context.stroke();
  drawText(context, MARK.text, left + MARK.padding, MARK.top + 22, MARK_STYLE);
}

const MARK = { text: 'Bundled data', top: 62, height: 32, padding: 16 } as const;
const MARK_STYLE: TextStyle = { sizePx: 16, weight: 600, color: COLORS.accent, maxWidth: 200 };
