import type { SKRSContext2D } from '@napi-rs/canvas';
import { type FontWeight, fontOf } from './fonts.js';

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
export function drawText(
  context: SKRSContext2D,
  text: string,
  x: number,
  baseline: number,
  style: TextStyle,
): number {
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
