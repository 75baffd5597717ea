import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { CHROMIUM } from './chromium.js';
import { withStage } from './stage.js';

const VIEWS: Record<string, (page: Page) => Promise<unknown>> = {
  '/': (page) => page.locator('.countries tbody tr').nth(200).waitFor(),
  '/?show=currency-30&text=land': (page) => page.locator('.matched').first().waitFor(),
  '/country/CH': async (page) => {
    await page.locator('article').getByText('Cite this').click();
    await page.getByRole('slider').waitFor();
  },
  '/country/AQ': (page) => page.getByText('Because').waitFor(),
  '/currency/JPY': async (page) => {
    await page.getByText('Figures', { exact: true }).click();
    await page.getByRole('slider').waitFor();
  },
  '/country/XY': (page) => page.getByText('No country has the code XY').waitFor(),
  '/country/XY#refresh': async (page) => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('button', { name: 'Refresh now' }).click();
    await page.getByLabel('Admin token').waitFor();
  },
};

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const ALL = { runOnly: { type: 'tag', values: LEVELS } };
/** The rules that a colour scheme can break. */
const OF_COLOURS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

describe.runIf(CHROMIUM)('every view keeps to WCAG 2.2 AA', () => {
  const stage = withStage();

  test.each(Object.keys(VIEWS))('%s at 360 and 1440 px, light and dark', { timeout: 120_000 }, async (path) => {
    const page = await stage().open(path, { colorScheme: 'light', reducedMotion: 'reduce' });
    await VIEWS[path]?.(page);
    // Evaluated by the debugger: the content security policy would refuse a script element.
    await page.evaluate(axe.source);
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const seen = await violations(page, colorScheme === 'light' ? ALL : OF_COLOURS);
        expect(seen, `at ${width} px, ${colorScheme}`).toEqual([]);
      }
      // Nothing but tables and code may be wider than the window.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });

  test('says that a citation was copied, until its figure changes, and that it could not be copied', async () => {
    const page = await stage().open('/currency/CHF', { permissions: ['clipboard-read', 'clipboard-write'] });
    const article = page.locator('article');
    await article.getByText('Cite this').click();
    const button = article.getByRole('button', { name: 'Copy Text' });
    const status = article.locator('.copyable').first().getByRole('status');
    await button.click();
    await status.getByText('Copied').waitFor();
    const text = await article.locator('.copyable pre').first().innerText();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await article.getByRole('combobox', { name: 'Rate for one' }).selectOption('EUR');
    await article.getByText('Exchange rate of CHF for 1 EUR').first().waitFor();
    expect(await status.innerText()).toBe('');
    await page.context().clearPermissions();
    await page.context().grantPermissions([]);
    await button.click();
    await status.getByText('The browser refused.').waitFor();
  });

  test.each(['country', 'currency'])('breaks a long unknown code of a %s on a narrow screen', async (kind) => {
    const page = await stage().open(`/${kind}/${'A'.repeat(60)}`, { viewport: { width: 320, height: 700 } });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });
});

async function violations(page: Page, options: object): Promise<{ id: string; where: string[] }[]> {
  // What passes is only counted.
  const run = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const found = await page.evaluate<Outcome>(`axe.run(${run})`);
  return found.violations.map(({ id, nodes }) => ({ id, where: nodes.map((it) => it.html).slice(0, 3) }));
}

interface Outcome {
  violations: { id: string; nodes: { html: string }[] }[];
}
