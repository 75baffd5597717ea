import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Image, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { COLORS, type RankedCountry, RIGHT_COLUMN, type Summary } from './summary.js';
import { displayName, drawable, drawText, formatDollars, methodLabel, type TextStyle } from './text.js';

/** The largest economies as labelled bars. */
export async function drawRanking(context: SKRSContext2D, summary: Summary): Promise<void> {
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
const BAR = {
  x: RIGHT_COLUMN.x + ROW.flag + ROW.gap,
  offset: ROW.flag - ROW.barHeight - 2,
  width: RIGHT_COLUMN.width - ROW.flag - ROW.gap,
} as const;

const TITLE: TextStyle = { sizePx: 32, weight: 600, color: COLORS.ink, maxWidth: RIGHT_COLUMN.width };
const SUBTITLE: TextStyle = { ...TITLE, sizePx: 18, minSizePx: 14, weight: 400, color: COLORS.muted };
const VALUE: TextStyle = { sizePx: 24, weight: 600, color: COLORS.ink, align: 'right', maxWidth: 200 };
const NAME: TextStyle = { sizePx: 24, minSizePx: 18, weight: 400, color: COLORS.ink, maxWidth: BAR.width };

function drawNothingToRank(context: SKRSContext2D, countries: number): void {
  if (countries === 0) drawTitle(context, 'No countries yet', 'The next refresh brings them.');
  else drawTitle(context, 'No GDP estimates yet', 'The sources sent nothing to estimate them from.');
  for (let index = 0; index < ROWS; index++) {
    fillDisc(context, flagDisc(topOf(index)), COLORS.track);
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
  await drawFlag(context, country.code, flagDisc(top));
  drawLabels(context, country, top + 20);
  drawBar(context, BAR.width, top, COLORS.track);
  drawBar(context, length, top, COLORS.accent);
}

function flagDisc(top: number): Disc {
  return { x: RIGHT_COLUMN.x + ROW.flag / 2, y: top + ROW.flag / 2, diameter: ROW.flag };
}

function drawLabels(context: SKRSContext2D, country: RankedCountry, baseline: number): void {
  const value = formatDollars(country.estimatedGdp);
  const valueWidth = drawText(context, value, BAR.x + BAR.width, baseline, VALUE);
  const maxWidth = BAR.width - valueWidth - ROW.gap;
  drawText(context, displayName(country), BAR.x, baseline, { ...NAME, maxWidth });
}

function drawBar(context: SKRSContext2D, length: number, top: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(BAR.x, top + BAR.offset, length, ROW.barHeight, ROW.barHeight / 2);
  context.fill();
}

/** By its centre. */
interface Disc {
  x: number;
  y: number;
  diameter: number;
}

/** Draws the round flag of a country, or its code when there is none. */
async function drawFlag(context: SKRSContext2D, code: string, disc: Disc): Promise<void> {
  const flag = await loadFlag(code, disc.diameter);
  if (flag) drawImage(context, flag, disc);
  else drawLetters(context, code, disc);
}

function fillDisc(context: SKRSContext2D, { x, y, diameter }: Disc, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, diameter / 2, 0, 2 * Math.PI);
  context.fill();
}

const require = createRequire(import.meta.url);
const FLAGS = join(dirname(require.resolve('circle-flags/package.json')), 'flags');

async function loadFlag(code: string, diameter: number): Promise<Image | null> {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  const svg = await readFile(join(FLAGS, `${code.toLowerCase()}.svg`)).catch(() => null);
  if (!svg) return null;
  return Object.assign(await loadImage(svg), { width: diameter, height: diameter });
}

function drawImage(context: SKRSContext2D, flag: Image, { x, y, diameter }: Disc): void {
  const radius = diameter / 2;
  context.drawImage(flag, x - radius, y - radius, diameter, diameter);
  // An outline, because some flags are white at the edge.
  context.strokeStyle = COLORS.outline;
  context.lineWidth = 1;
  context.beginPath();
  context.arc(x, y, radius - 0.5, 0, 2 * Math.PI);
  context.stroke();
}

function drawLetters(context: SKRSContext2D, code: string, disc: Disc): void {
  const { x, y, diameter } = disc;
  fillDisc(context, disc, COLORS.track);
  const sizePx = Math.round(diameter * 0.36);
  drawText(context, drawable(code) ?? '?', x, y + Math.round(sizePx * 0.36), {
    sizePx,
    weight: 600,
    color: COLORS.muted,
    align: 'center',
    maxWidth: diameter * 0.8,
  });
}
