import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { GdpMethod } from '../countries/gdp.js';
import type { RankedCountry, Span } from './summary.js';

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

/** Draws one line within `maxWidth`: a longer text first shrinks and is then cut. Returns its width. */
export function drawText(context: SKRSContext2D, text: string, x: number, baseline: number, style: TextStyle): number {
  const fitted = fitText(context, text, style);
  context.fillStyle = style.color;
  context.textAlign = style.align ?? 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(fitted, x, baseline);
  return context.measureText(fitted).width;
}

/** The width at full size. */
export function measureText(context: SKRSContext2D, text: string, style: TextStyle): number {
  useFont(context, style, style.sizePx);
  return context.measureText(text).width;
}

/** The text as it fits. The font of the context is set to the size that was found. */
export function fitText(context: SKRSContext2D, text: string, style: TextStyle): string {
  for (let sizePx = style.sizePx; sizePx >= (style.minSizePx ?? style.sizePx); sizePx--) {
    useFont(context, style, sizePx);
    if (context.measureText(text).width <= style.maxWidth) return text;
  }
  return cut(context, text, style.maxWidth);
}

function useFont(context: SKRSContext2D, style: TextStyle, sizePx: number): void {
  context.font = fontOf(sizePx, style.weight);
  context.letterSpacing = `${((style.letterSpacing ?? 0) * sizePx) / style.sizePx}px`;
}

function cut(context: SKRSContext2D, text: string, maxWidth: number): string {
  for (const letters = Array.from(text); letters.length > 0; letters.pop()) {
    const shorter = `${letters.join('').trimEnd()}…`;
    if (context.measureText(shorter).width <= maxWidth) return shorter;
  }
  return '';
}

export type FontWeight = 400 | 600 | 800;

/**
 * Registers Inter: text without a font is silently left out, and a bare machine has none. Registering it again is
 * harmless, while checking first is not, because another thread may be half-way through.
 */
export function registerFonts(): void {
  for (const subset of SUBSETS) {
    for (const weight of WEIGHTS) {
      const path = join(FILES, `inter-${subset}-${weight}-normal.woff2`);
      const font = GlobalFonts.registerFromPath(path, familyOf(subset));
      if (font === null) throw new Error(`Cannot load the font ${path}`);
    }
  }
}

/** A value for the canvas's `font`. */
export function fontOf(sizePx: number, weight: FontWeight): string {
  return `${weight} ${sizePx}px ${FAMILIES}`;
}

/**
 * The text without control characters and pictographs, or null when the font lacks one of its characters, which would be
 * drawn as an empty box. The canvas throws on U+0000.
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

/** The characters that the files really contain, which are fewer than their declared ranges. */
const DRAWABLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u0148\u014a-\u01c3\u01c5-\u024f\u02bb\u02bc\u1e00-\u1e9b\u1e9d-\u1eff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u20ac]+$/u;

/** One family for each subset: the canvas ignores a second file of the same family and weight. */
function familyOf(subset: string): string {
  return `Summary Inter ${subset}`;
}

const FAMILIES = SUBSETS.map((subset) => `"${familyOf(subset)}"`).join(', ');

const require = createRequire(import.meta.url);
const FILES = join(dirname(require.resolve('@fontsource/inter')), 'files');

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
  return `${INSTANT.format(new Date(iso)).replace(' at ', ', ')} UTC`;
}

/** The code when the font lacks a letter of the name. */
export function displayName({ code, name }: RankedCountry): string {
  return drawable(name) ?? drawable(code) ?? '?';
}

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});

/** The abbreviations of The Economist and the FT. */
const SCALES: Record<string, string> = { K: 'k', M: 'm', B: 'bn', T: 'tn' };

const COUNT = new Intl.NumberFormat('en-US');

const INSTANT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** How the GDP of the countries that are shown was estimated, and from figures of which years. */
export function methodLabel(method: GdpMethod, shown: RankedCountry[]): string {
  if (method === GdpMethod.MULTIPLIER) {
    return 'Estimated GDP: population × a random 1,000 to 2,000 ÷ exchange rate, US dollars';
  }
  const years = shown.flatMap(({ gdpYear }) => gdpYear ?? []).sort();
  const [from, to] = [years[0], years.at(-1)];
  const span = from === undefined ? '' : ` of ${from === to ? from : `${from}–${to}`}`;
  return `Estimated GDP: population × GDP per capita${span}, US dollars`;
}

/** `Rates of 22 November 2026`, or `Rates of 1 Sep 2026 – 22 Nov 2026`. */
export function formatRateDays({ from, to }: Span): string {
  if (from === to) return `Rates of ${DAY.format(new Date(from))}`;
  return `Rates of ${SHORT_DAY.format(new Date(from))} – ${SHORT_DAY.format(new Date(to))}`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const SHORT_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
