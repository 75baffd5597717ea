import type { SKRSContext2D } from '@napi-rs/canvas';
import { drawable } from './fonts.js';
import { COLORS, FOOTER } from './layout.js';
import { drawText, measureText, type TextStyle } from './text.js';

/** A rule, and below it where the figures came from, in one line or two. */
export function drawFooter(context: SKRSContext2D, sources: string[]): void {
  context.fillStyle = COLORS.rule;
  context.fillRect(FOOTER.x, FOOTER.ruleY, FOOTER.width, 1);
  const names = sources.map(drawable).filter((name) => name !== null);
  const lines = breakLines(context, names);
  const first = lines.length > 1 ? 582 : 588;
  for (const [index, line] of lines.entries()) drawText(context, line, FOOTER.x, first + index * 26, STYLE);
}

const STYLE: TextStyle = { sizePx: 18, weight: 400, color: COLORS.muted, maxWidth: FOOTER.width };
const MAX_LINES = 2;

/** Breaks between two names. What the last line does not hold is cut when it is drawn. */
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
