import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Image, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import { drawable } from './fonts.js';
import { COLORS } from './layout.js';
import { drawText } from './text.js';

/** A disc, given by its centre and its diameter. */
export interface Disc {
  x: number;
  y: number;
  diameter: number;
}

/** Draws the round flag of a country, or a plain disc with the code where there is no flag. */
export async function drawFlag(context: SKRSContext2D, code: string, disc: Disc): Promise<void> {
  const flag = await loadFlag(code, disc.diameter);
  if (flag) drawImage(context, flag, disc);
  else drawLetters(context, code, disc);
}

export function fillDisc(context: SKRSContext2D, { x, y, diameter }: Disc, color: string): void {
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
  const image = await loadImage(svg);
  image.width = diameter;
  image.height = diameter;
  return image;
}

function drawImage(context: SKRSContext2D, flag: Image, { x, y, diameter }: Disc): void {
  const radius = diameter / 2;
  context.drawImage(flag, x - radius, y - radius, diameter, diameter);
  // White flags would melt into the background.
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
