import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GlobalFonts } from '@napi-rs/canvas';

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
