import { expect, test } from 'vitest';
import { drawSummary } from '../../src/summary/draw.js';
import { renderInWorker } from '../../src/summary/summary.service.js';
import { summaryWith } from './summary-fixture.js';

test('The worker thread draws the same picture to the byte, without any font of the machine', async () => {
  const png = await renderInWorker(summaryWith());

  expect(Buffer.from(png).equals(await drawSummary(summaryWith()))).toBe(true);
});

test('The worker thread ends with the picture, and another one draws the next', async () => {
  const workers = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker');
  const before = workers().length;
  await Promise.all([renderInWorker(summaryWith()), renderInWorker(summaryWith({ countries: 7 }))]);

  await expect.poll(() => workers().length).toBe(before);
});

test('A drawing that fails is an error that says why', async () => {
  await expect(renderInWorker(summaryWith({ refreshedAt: 'yesterday' }))).rejects.toThrow('Invalid time value');
});
