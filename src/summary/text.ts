import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { GdpMethod } from '../countries/gdp.js';
import type { RankedCountry } from './summary.js';

export interface TextStyle {
  sizePx: number;
  /** How small the text may become before it is cut; `sizePx` when absent. */
  minSizePx?: number;
  weight: FontWeight;
  color: string;
  align?: 'left' | 'right' | 'center';
  maxWidth: number;
  /** Pixels between the letters at `sizePx`. */
  letterSpacing?: number;
}

/** Draws one line that never gets wider than `maxWidth`: it shrinks first and is then cut. Returns its width. */
export function drawText(context: SKRSContext2D, text: string, x: number, baseline: number, style: TextStyle): number {
  const fitted = fitText(context, text, style);
  context.fillStyle = style.color;
  context.textAlign = style.align ?? 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(fitted, x, baseline);
  return context.measureText(fitted).width;
}

/** How wide the text would be at its full size. */
export function measureText(context: SKRSContext2D, text: string, style: TextStyle): number {
  useFont(context, style, style.sizePx);
  return context.measureText(text).width;
}

/** Leaves the context at the size that was found. */
export function fitText(context: SKRSContext2D, text: string, style: TextStyle): string {
  for (let sizePx = style.sizePx; sizePx >= (style.minSizePx ?? style.sizePx); sizePx--) {
    useFont(context, style, sizePx);
    if (fits(context, text, style.maxWidth)) return text;
  }
  return cut(context, text, style.maxWidth);
}

function useFont(context: SKRSContext2D, style: TextStyle, sizePx: number): void {
  context.font = fontOf(sizePx, style.weight);
  context.letterSpacing = `${((style.letterSpacing ?? 0) * sizePx) / style.sizePx}px`;
}

function fits(context: SKRSContext2D, text: string, maxWidth: number): boolean {
  return context.measureText(text).width <= maxWidth;
}

function cut(context: SKRSContext2D, text: string, maxWidth: number): string {
  const letters = Array.from(text);
  while (letters.length > 0) {
    const shorter = `${letters.join('').trimEnd()}…`;
    if (fits(context, shorter, maxWidth)) return shorter;
    letters.pop();
  }
  return '';
}

export type FontWeight = 400 | 600 | 800;

/**
 * Makes Inter known to the canvas: a bare machine has no font at all, and text without a font is silently left out.
 * Registering again is harmless and quick. Checking first is not: another thread may be half-way through.
 */
export function registerFonts(): void {
  for (const subset of SUBSETS) {
    for (const weight of WEIGHTS) {
      register(fontPath(subset, weight), familyOf(subset));
    }
  }
}

/** A value for the canvas's `font`. */
export function fontOf(sizePx: number, weight: FontWeight): string {
  return `${weight} ${sizePx}px ${FAMILIES}`;
}

/**
 * The text as it can be drawn, or null when the font lacks one of its characters, which would show as an empty box.
 * Control characters and pictographs go: the canvas throws on U+0000, and a flag is no part of a name.
 */
export function drawable(text: string): string | null {
  const plain = text
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .replace(/[\p{C}\p{So}\p{Emoji_Modifier}\p{VS}]/gu, '')
    .trim();
  return DRAWABLE.test(plain) ? plain : null;
}

const SUBSETS = ['latin', 'latin-ext', 'vietnamese'] as const;
const WEIGHTS: readonly FontWeight[] = [400, 600, 800];

/**
 * What the three subsets really hold of Latin-1, Latin Extended-A, -B and Additional, and of punctuation.
 * Their declared ranges promise more than the files keep.
 */
const DRAWABLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u0148\u014a-\u01c3\u01c5-\u024f\u02bb\u02bc\u1e00-\u1e9b\u1e9d-\u1eff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u20ac]+$/u;

/** One family for each subset: the canvas looks into the second file of one family and weight for nothing. */
function familyOf(subset: string): string {
  return `Summary Inter ${subset}`;
}

const FAMILIES = SUBSETS.map((subset) => `"${familyOf(subset)}"`).join(', ');

const require = createRequire(import.meta.url);
const FILES = join(dirname(require.resolve('@fontsource/inter')), 'files');

function register(path: string, family: string): void {
  if (GlobalFonts.registerFromPath(path, family) === null) throw new Error(`Cannot load the font ${path}`);
}

function fontPath(subset: string, weight: FontWeight): string {
  return join(FILES, `inter-${subset}-${weight}-normal.woff2`);
}

/** `$30.6 tn` */
export function formatDollars(dollars: number): string {
  const parts = DOLLARS.formatToParts(dollars);
  return parts.map(({ type, value }) => (type === 'compact' ? ` ${SCALES[value] ?? value}` : value)).join('');
}

/** `1,234` */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `22 November 2026, 14:05 UTC` */
export function formatInstant(iso: string): string {
  const instant = new Date(iso);
  return `${DAY.format(instant)}, ${TIME.format(instant)} UTC`;
}

/** The name, or the code where the font cannot write the name. */
export function displayName({ code, name }: RankedCountry): string {
  return drawable(name) ?? drawable(code) ?? '?';
}

export function describeMethod(method: GdpMethod): string {
  return METHODS[method];
}

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});

/** The short forms of The Economist and the FT: "T" and "B" read as tera and as byte to some. */
const SCALES: Record<string, string> = { K: 'k', M: 'm', B: 'bn', T: 'tn' };

const COUNT = new Intl.NumberFormat('en-US');

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });

const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const METHODS: Record<GdpMethod, string> = {
  [GdpMethod.PER_CAPITA]: 'Estimated GDP: population × GDP per capita, US dollars',
  [GdpMethod.MULTIPLIER]: 'Estimated GDP: population × a random 1,000 to 2,000 ÷ exchange rate, US dollars',
};
