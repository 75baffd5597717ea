import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { beforeAll, expect, test, vi } from 'vitest';
import { drawable, fontOf, registerFonts } from '../../src/summary/text.js';

// A machine without a font: this must be set before the canvas is loaded.
vi.hoisted(() => {
  process.env.DISABLE_SYSTEM_FONTS_LOAD = '1';
});

const NO_GLYPH = '\ue000';
const CELL = { width: 64, height: 64 };

beforeAll(() => {
  expect(GlobalFonts.families).toEqual([]);
  registerFonts();
});

test('Each character that counts as drawable has a glyph, in every weight', () => {
  const characters = everyCharacter().filter((character) => character !== ' ' && drawable(character) === character);
  expect(characters.length).toBeGreaterThan(700);

  for (const weight of [400, 600, 800] as const) {
    const context = createCanvas(CELL.width, CELL.height).getContext('2d');
    context.font = fontOf(32, weight);
    const boxes = [drawn(context, NO_GLYPH), drawn(context, ' ')];
    expect(characters.filter((character) => boxes.includes(drawn(context, character)))).toEqual([]);
  }
});

test('The three weights differ', () => {
  const context = createCanvas(CELL.width, CELL.height).getContext('2d');
  const letters = ([400, 600, 800] as const).map((weight) => {
    context.font = fontOf(32, weight);
    return drawn(context, 'é');
  });

  expect(new Set(letters).size).toBe(3);
});

test.each([
  "Côte d'Ivoire",
  'Türkiye',
  'São Tomé and Príncipe',
  'Curaçao',
  'Việt Nam',
  'Łódź, Şğİı, România',
  'Saint-Martin (French part)',
  'Bonaire, Sint Eustatius & Saba',
  'Hawaiʻi',
])('%s is drawn as it is', (name) => {
  expect(drawable(name)).toBe(name);
});

test.each([
  ['a control character', 'Ja\u0000pan\u0007', 'Japan'],
  ['a flag', 'Japan 🇯🇵', 'Japan'],
  ['a pictograph with its selectors', 'Ja🧑🏽‍🚀️pan', 'Japan'],
  ['a line break', ' Costa\n  Rica ', 'Costa Rica'],
  ['a direction mark', '\u200eJapan\u200f', 'Japan'],
])('%s is left out', (_, text, plain) => {
  expect(drawable(text)).toBe(plain);
});

test.each(['日本', 'Россия', 'Ελλάδα', 'ישראל', 'ኢትዮጵያ', 'Japan 日本', '', ' '])('%j cannot be drawn', (text) => {
  expect(drawable(text)).toBeNull();
});

function everyCharacter(): string[] {
  return Array.from({ length: 0xd800 }, (_, index) => String.fromCodePoint(index));
}

function drawn(context: SKRSContext2D, text: string): string {
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, CELL.width, CELL.height);
  context.fillStyle = '#000000';
  context.fillText(text, 12, 44);
  return Buffer.from(context.getImageData(0, 0, CELL.width, CELL.height).data).toString('latin1');
}
