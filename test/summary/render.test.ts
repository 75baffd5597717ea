import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { drawSummary } from '../../src/summary/draw.js';
import { processesWith } from '../processes.js';
import { summaryWith } from './summary-fixture.js';

// By it they are told from those of other tests, which draw as well.
const mark = randomUUID();
process.env.RENDER_TEST = mark;
const { renderSummary } = await import('../../src/summary/render.js');

test('A process without any font of the machine draws the same picture to the byte', async () => {
  const png = await renderSummary(summaryWith());

  expect(png.equals(await drawSummary(summaryWith()))).toBe(true);
});

test('Nothing is left of the drawing process', async () => {
  await renderSummary(summaryWith());

  const left = (await processesWith(mark)).filter((it) => it.includes('draw-process'));
  expect(left.filter((it) => !it.includes('/bin/sh'))).toEqual([]);
});

test('A drawing that fails is an error that says why', async () => {
  await expect(renderSummary(summaryWith({ refreshedAt: 'yesterday' }))).rejects.toThrow(
    'Cannot draw the summary: RangeError: Invalid time value',
  );
});
