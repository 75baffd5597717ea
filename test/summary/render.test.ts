import { expect, test } from 'vitest';
import { drawSummary } from '../../src/summary/draw.js';
import { renderSummary } from '../../src/summary/render.js';
import { summaryWith } from './summary-fixture.js';

test('A process without any font of the machine draws the same picture to the byte', async () => {
  const png = await renderSummary(summaryWith());

  expect(png.equals(await drawSummary(summaryWith()))).toBe(true);
});

test('Nothing is left of the drawing process', async () => {
  await renderSummary(summaryWith());

  await expect.poll(() => process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
});

test('A drawing that fails is an error that says why', async () => {
  await expect(renderSummary(summaryWith({ refreshedAt: 'yesterday' }))).rejects.toThrow(
    'Cannot draw the summary: RangeError: Invalid time value',
  );
});
