import { describe, expect, test } from 'vitest';
import { GdpMethod } from '../../src/countries/gdp.js';
import { drawSummary } from '../../src/summary/draw.js';
import type { Summary } from '../../src/summary/summary.js';
import { COLORS, FOOTER, PICTURE, RIGHT_COLUMN } from '../../src/summary/summary.js';
import { type Area, colorsOf, pixelsOf, pixelsOutside } from './pixels.js';
import { ranked, summaryWith } from './summary-fixture.js';

const RIGHT_EDGE = RIGHT_COLUMN.x + RIGHT_COLUMN.width;
/** The marks of the first two rows: the flag, the line of name and value, a line through the middle of the bar. */
const FIRST_FLAG = { x: 456, y: 160, width: 48, height: 48 };
const FIRST_VALUE = { x: 1032, y: 156, width: RIGHT_EDGE - 1032, height: 34 };
const FIRST_BAR = { x: 528, y: 200, width: RIGHT_EDGE - 528, height: 1 };
const SECOND_BAR = { ...FIRST_BAR, y: 276 };
const MARGINS: Area[] = [
  { x: 0, y: 0, width: PICTURE.width, height: 48 },
  { x: 0, y: 0, width: 56, height: PICTURE.height },
  { x: RIGHT_EDGE + 2, y: 0, width: PICTURE.width - RIGHT_EDGE - 2, height: PICTURE.height },
  { x: 400, y: 0, width: RIGHT_COLUMN.x - 400 - 2, height: FOOTER.ruleY },
];

describe('The picture', () => {
  test('is a PNG of 1200 x 630 pixels and of no more than 150 kB', async () => {
    const png = await drawSummary(summaryWith());

    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(png.length).toBeLessThan(150_000);
  });

  test('is the same to the byte for the same summary', async () => {
    const png = await drawSummary(summaryWith());

    expect((await drawSummary(summaryWith())).equals(png)).toBe(true);
  });

  test.each([
    ['the number of countries', { countries: 249 }, { x: 56, y: 160, width: 340, height: 160 }],
    ['the number of currencies', { currencies: 169 }, { x: 56, y: 380, width: 340, height: 40 }],
    [
      'the day of the rates',
      { ratesObserved: { from: '2026-11-21', to: '2026-11-21' } },
      { x: 56, y: 420, width: 340, height: 24 },
    ],
    [
      'the days of the rates',
      { ratesObserved: { from: '2025-12-31', to: '2026-11-22' } },
      { x: 56, y: 420, width: 340, height: 24 },
    ],
    [
      'the years of the GDP figures',
      { top: summaryWith().top.map((it) => ({ ...it, gdpYear: 2024 })) },
      { x: 456, y: 100, width: 680, height: 30 },
    ],
    ['the time', { refreshedAt: '2026-11-22T14:06:00.000Z' }, { x: 56, y: 485, width: 340, height: 40 }],
    ['the sources', { sources: ['REST Countries'] }, { x: 56, y: 560, width: 1080, height: 60 }],
    ['the method', { gdpMethod: GdpMethod.MULTIPLIER }, { x: 456, y: 100, width: 680, height: 30 }],
    ['the mark of bundled data', { bundled: true }, { x: 990, y: 56, width: 150, height: 44 }],
  ] satisfies [string, Partial<Summary>, Area][])('shows %s, and nothing else changes', async (_, change, area) => {
    const before = await drawSummary(summaryWith());
    const after = await drawSummary(summaryWith(change));

    expect((await pixelsOutside(after, area)).equals(await pixelsOutside(before, area))).toBe(true);
    expect(after.equals(before)).toBe(false);
  });
});

describe('A bar', () => {
  test('is as long as its share of the largest estimate', async () => {
    const png = await drawSummary(summaryWith({ top: [ranked('US', 'A', 4e12), ranked('CN', 'B', 1e12)] }));

    expect(await barLength(png, FIRST_BAR)).toBeGreaterThan(600);
    expect(await barLength(png, SECOND_BAR)).toBeGreaterThan(148);
    expect(await barLength(png, SECOND_BAR)).toBeLessThan(156);
  });

  test('is still a dot for an estimate that is next to nothing', async () => {
    const png = await drawSummary(summaryWith({ top: [ranked('US', 'A', 3e13), ranked('TV', 'B', 6e7)] }));

    expect(await barLength(png, SECOND_BAR)).toBeGreaterThan(4);
    expect(await barLength(png, SECOND_BAR)).toBeLessThan(16);
  });

  test('is a dot when every estimate is 0', async () => {
    const png = await drawSummary(summaryWith({ top: [ranked('US', 'A', 0), ranked('CN', 'B', 0)] }));

    expect(await barLength(png, FIRST_BAR)).toBeLessThan(16);
  });
});

describe('A flag', () => {
  test('has the colours of its country', async () => {
    const flag = (code: string) => drawSummary(summaryWith({ top: [ranked(code, 'X')] }));

    expect(await colorsOf(await flag('CI'), FIRST_FLAG)).toContain('#ff9811');
    expect(await colorsOf(await flag('CI'), FIRST_FLAG)).toContain('#6da544');
    expect(await colorsOf(await flag('JP'), FIRST_FLAG)).not.toContain('#6da544');
  });

  test.each(['QZ', '../..', '', 'us'])('is a disc with the letters for the unknown code %j', async (code) => {
    const colors = await colorsOf(await drawSummary(summaryWith({ top: [ranked(code, 'X')] })), FIRST_FLAG);

    expect(colors).toContain(COLORS.track);
    expect(colors).toContain(COLORS.muted);
  });
});

describe('A name', () => {
  test('of any length leaves the value and the margins alone', async () => {
    const long = 'The United Kingdom of Great Britain and Northern Ireland '.repeat(4);
    const tops = [ranked('GB', long, 1.23e12), ranked('GB', 'W'.repeat(300), 1.23e12)];
    const short = await drawSummary(summaryWith({ top: [ranked('GB', 'UK', 1.23e12)] }));

    for (const country of tops) {
      const png = await drawSummary(summaryWith({ top: [country] }));
      expect(await pixelsOf(png, FIRST_VALUE)).toEqual(await pixelsOf(short, FIRST_VALUE));
      await expectEmptyMargins(png);
    }
  });

  test.each(['中华人民共和国', 'المملكة العربية السعودية', 'Ελλάδα', '🇨🇮', '', '\u0000'])(
    'that the font cannot write gives way to the code: %j',
    async (name) => {
      const png = await drawSummary(summaryWith({ top: [ranked('CN', name)] }));
      const withCode = await drawSummary(summaryWith({ top: [ranked('CN', 'CN')] }));

      expect(png.equals(withCode)).toBe(true);
    },
  );

  test('in decomposed letters looks the same as in composed ones', async () => {
    const composed = await drawSummary(summaryWith({ top: [ranked('TR', 'Türkiye'.normalize('NFC'))] }));
    const decomposed = await drawSummary(summaryWith({ top: [ranked('TR', 'Türkiye'.normalize('NFD'))] }));

    expect(decomposed.equals(composed)).toBe(true);
  });
});

describe('Numbers and lists that grow', () => {
  test('stay inside their columns', async () => {
    const sources = Array.from({ length: 30 }, (_, index) => `A source with a longer name, number ${index}`);
    const png = await drawSummary(summaryWith({ countries: 123_456_789, currencies: 987_654_321, sources }));

    await expectEmptyMargins(png);
    expect(await colorsOf(png, { x: 0, y: 614, width: PICTURE.width, height: 16 })).toEqual(
      new Set([COLORS.background]),
    );
  });

  test('end after the fifth country', async () => {
    const { top } = summaryWith();
    const png = await drawSummary(summaryWith({ top: [...top, ranked('FR', 'France', 3e12)] }));

    expect(png.equals(await drawSummary(summaryWith()))).toBe(true);
  });
});

describe('A summary without estimates', () => {
  test.each([0, 250])('shows no bar and says so, with %i countries', async (countries) => {
    const png = await drawSummary(summaryWith({ top: [], countries }));
    const right = { x: 456, y: 60, width: 680, height: 480 };

    expect(await barLength(png, FIRST_BAR)).toBe(0);
    expect(await colorsOf(png, right)).toContain(COLORS.ink);
    expect(await colorsOf(png, right)).not.toContain(COLORS.accent);
  });

  test('is drawn without sources too', async () => {
    const png = await drawSummary(summaryWith({ top: [], countries: 0, currencies: 0, sources: [] }));

    expect(await colorsOf(png, { x: 0, y: 556, width: PICTURE.width, height: 74 })).toEqual(
      new Set([COLORS.background]),
    );
  });
});

async function barLength(png: Buffer, line: Area): Promise<number> {
  return (await pixelsOf(png, line)).filter((color) => color === COLORS.accent).length;
}

async function expectEmptyMargins(png: Buffer): Promise<void> {
  for (const margin of MARGINS) expect(await colorsOf(png, margin)).toEqual(new Set([COLORS.background]));
}
