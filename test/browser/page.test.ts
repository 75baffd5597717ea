import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { GdpMethod } from '../../src/countries/gdp.js';
import { bundledRows } from '../bundled.js';
import { rateRow } from '../db/rows.js';
import { CHROMIUM } from './chromium.js';
import { withStage } from './stage.js';

/** On a busy machine an answer takes more than the second that polling waits by default. */
const PATIENT = { timeout: 20_000 };

describe.runIf(CHROMIUM)('the page', () => {
  const stage = withStage();
  const firstName = (page: Page) => page.locator('.countries tbody th').first();
  const names = (page: Page) => page.locator('.countries tbody th a').allInnerTexts();

  test('finds Côte d’Ivoire by its name without accents', async () => {
    const page = await stage().open('/');
    await page.getByLabel('Search').fill('cote');
    await firstName(page).getByText('Côte d’Ivoire').waitFor();
    expect((await names(page)).length).toBeLessThan(5);
  });

  test('finds a country by its name in another language, and says which one matched', async () => {
    const page = await stage().open('/?text=elfenbein');
    await firstName(page).getByText('Côte d’Ivoire').waitFor();
    await firstName(page).getByText('Elfenbein').waitFor();
  });

  test('sorts by GDP, the largest first, and the other way round', async () => {
    const page = await stage().open('/');
    const header = page.getByRole('columnheader', { name: 'GDP', exact: true });
    await header.getByRole('button').click();
    await firstName(page).getByText('United States').waitFor();
    expect((await names(page)).slice(0, 3)).toEqual(['United States', 'China', 'Germany']);
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await header.getByRole('button').click();
    await firstName(page).getByText('Tuvalu').waitFor();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
  });

  test('filters by region and currency; opening the address shows the same', async () => {
    const page = await stage().open('/');
    await page.getByRole('combobox', { name: 'Region' }).selectOption('AFRICA');
    await page.getByRole('combobox', { name: 'Currency' }).selectOption('XOF');
    await page.getByRole('button', { name: 'Population', exact: true }).click();
    await page.getByText('8 of 250 countries').waitFor();
    const other = await stage().open(page.url().slice(stage().origin.length));
    await other.getByText('8 of 250 countries').waitFor();
    expect(await names(other)).toEqual(await names(page));
    expect((await names(other))[0]).toBe('Côte d’Ivoire');
    // What the filters leave out is faded on the map.
    expect(await other.locator('.map a:not(.faded)').count()).toBe(8);
  });

  test('converts 100 euros to CFA francs, in both directions and on another day', async () => {
    const page = await stage().open('/');
    const form = page.locator('.converter');
    await form.getByRole('combobox', { name: 'To' }).selectOption('XOF');
    await page.getByText('XOF 65,595.7').or(page.getByText('XOF 65,596')).first().waitFor();
    await form.getByRole('button', { name: 'Swap the currencies' }).click();
    await page.getByText('EUR 0.15').waitFor();
    await form.getByRole('combobox', { name: 'From' }).selectOption('JPY');
    await form.getByRole('textbox', { name: 'On' }).fill('2026-09-14');
    await page.getByText('observed on 14 Sept 2026').waitFor();
    await form.getByLabel('Amount').fill('much');
    await page.getByText('Enter an amount.').waitFor();
  });

  test.each([
    ['de-DE', '1.234,5', '1.234,50 EUR'],
    ['ar-EG', '١٬٢٣٤٫٥', '١٬٢٣٤٫٥٠'],
  ])('takes an amount as it is written in %s: %s', async (locale, typed, shown) => {
    const page = await stage().open('/', { locale });
    await page.getByLabel('Amount').fill(typed);
    const result = page.locator('.result');
    // Intl puts its own spaces and marks in between.
    await expect.poll(async () => (await result.innerText()).replace(/\s/g, ' '), PATIENT).toContain(shown);
  });

  test('shows on the map what the pointer is over, and opens it on a click', async () => {
    const page = await stage().open('/?show=gdp-per-capita');
    const brazil = page.locator('.map a[data-code=BR] path');
    await brazil.hover();
    await page.locator('.readout').getByText('Brazil').waitFor();
    await brazil.click();
    await page.getByRole('heading', { level: 1, name: 'Brazil' }).waitFor();
    expect(page.url()).toBe(`${stage().origin}/country/BR`);
    await page.goBack();
    await page.locator('.map a[data-code=BR]').waitFor();
  });

  test('shows a country on the first tap of a touch screen, and opens it on the second', async () => {
    const page = await stage().open('/', { hasTouch: true, viewport: { width: 360, height: 740 } });
    const brazil = page.locator('.map a[data-code=BR] path');
    await brazil.tap();
    await page.locator('.readout').getByText('Brazil').waitFor();
    expect(page.url()).toBe(`${stage().origin}/`);
    await brazil.tap();
    await page.getByRole('heading', { level: 1, name: 'Brazil' }).waitFor();
  });

  test('can be operated by keyboard alone', async () => {
    const page = await stage().open('/');
    await page.locator('.map a').first().waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    // The map is one stop of the tab key.
    await page.locator('.map a[data-code=FR]').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.readout').getByText('Switzerland').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement.closest('.map') === null`)).toBe(true);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    const heading = page.getByRole('heading', { level: 1, name: 'Switzerland' });
    await heading.waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1');
  });

  test('writes names and numbers in the language of the browser', async () => {
    const page = await stage().open('/country/CI', { locale: 'de-DE' });
    await page.getByRole('heading', { level: 1, name: 'Côte d’Ivoire' }).waitFor();
    await page.getByText('CFA-Franc').first().waitFor();
    await page.getByText(/^\d\d\.\d{3}\.\d{3}$/).waitFor();
    expect(await page.locator('h1').innerText()).toContain('Côte d’Ivoire');
  });

  test('keeps the parts of an Arabic day together', async () => {
    const page = await stage().open('/currency/CHF', { locale: 'ar' });
    for (const part of ['.notice', '.result .note', '.figure-block .note', 'footer .sources']) {
      await page.locator(part, { hasText: /\u206829\u200f?\/09\u200f?\/2026\u2069/ }).waitFor();
    }
    // TeX would take the marks for letters.
    expect(await page.locator('.copyable pre').allTextContents()).not.toContainEqual(expect.stringMatching(/\u2068/));
  });

  test('says how the GDP of a country was estimated, or why it was not', async () => {
    const page = await stage().open('/country/CH');
    await page.getByText('$1.04tn').waitFor();
    await page.getByText('$114,769 per capita in 2025').waitFor();
    await page.getByRole('link', { name: 'Liechtenstein' }).click();
    await page.getByRole('heading', { level: 1, name: 'Liechtenstein' }).waitFor();
    const none = await stage().open('/country/AX');
    await none.getByText('Because the World Bank reports no GDP per capita for it.').waitFor();
  });

  test('shows the history of a rate, point by point with the arrow keys', async () => {
    const page = await stage().open('/currency/JPY?base=EUR');
    const chart = page.getByRole('slider', { name: 'JPY for 1 EUR' });
    await chart.focus();
    await page.keyboard.press('End');
    await page.getByText('29 Sept 2026: 178.906').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/28 Sept 2026: 17\d\.\d+/).waitFor();
    await page.getByRole('radio', { name: 'Monthly averages' }).check();
    await page.getByText('Figures', { exact: true }).click();
    await page.getByRole('rowheader', { name: 'Sept 2026' }).waitFor();
    await page.getByRole('radio', { name: 'Yearly averages' }).check();
    await page.getByText('Only one year in this period has observations').waitFor();
  });

  test('cites a figure with its value, its day, its sources and the version of the data', async () => {
    const page = await stage().open('/currency/CHF');
    await page.locator('article').getByText('Cite this').click();
    const [text = '', bibtex = ''] = await page.locator('article .copyable pre').allInnerTexts();
    for (const part of ['0.83337', '2026-09-29', 'Currency API', 'country-exchange 0.1.0', '/currency/CHF']) {
      expect(text).toContain(part);
      expect(bibtex).toContain(part);
    }
    expect(bibtex).toMatch(/^@misc\{[\s\S]*\n\}$/);
  });

  test('gives each figure that it cites a BibTeX key of its own', async () => {
    const page = await stage().open('/currency/CHF');
    const keys = new Set<string>();
    const paths = ['/currency/CHF', '/currency/CHF?base=EUR', '/currency/JPY', '/country/CH', '/country/CI'];
    for (const path of paths) {
      await page.goto(`${stage().origin}${path}`);
      const text = await page.locator('article .copyable pre').nth(1).textContent();
      keys.add(text?.split('\n')[0] ?? '');
    }
    const footer = await page.locator('footer .copyable pre').nth(1).textContent();
    keys.add(footer?.split('\n')[0] ?? '');
    expect(keys.size).toBe(paths.length + 1);
    for (const key of keys) expect(key).toMatch(/^@misc\{country-exchange-[\w-]+-\d{4}-\d\d-\d\d,$/);
  });

  test('prints whole tables, and nothing that paper cannot do', async () => {
    const page = await stage().open('/?region=EUROPE');
    await page.getByText('53 of 250 countries').waitFor();
    await expectWhole(page, 53);
    expect(await page.getByRole('button').allInnerTexts()).toEqual(
      await page.locator('.countries thead').getByRole('button').allInnerTexts(),
    );
    await page.goto(`${stage().origin}/currency/CHF`);
    await page.emulateMedia({ media: 'screen' });
    await page.getByText('Figures', { exact: true }).click();
    await expectWhole(page, 20);
  });

  test('names the sources and their licences on every view, and that the data are the bundled ones', async () => {
    const page = await stage().open('/');
    for (const path of ['/', '/country/CH', '/currency/CHF', '/country/XY', '/currency/NOWHERE']) {
      await page.goto(`${stage().origin}${path}`);
      await page.getByText('Sample data.').waitFor();
      await page.locator('footer').getByRole('link', { name: 'CC-BY-4.0' }).waitFor();
    }
  });
});

/** Everything that differs from the bundled data: a random method, rates of three years, and a name without spaces. */
async function otherRows() {
  const rows = await bundledRows();
  const rates = Object.entries({ CHF: 0.8, EUR: 0.9, IRR: 1_100_000, KWD: 0.3, VND: 26_000 }).flatMap(([code, rate]) =>
    ['2024-01-02', '2025-01-02', '2026-01-02', '2026-09-25'].map((day, index) => rateRow(code, rate + index / 10, day)),
  );
  return {
    ...rows,
    countries: rows.countries.map((row) => ({
      ...row,
      gdp_method: GdpMethod.MULTIPLIER,
      official_name: 'Llanfair'.repeat(12),
    })),
    rates: [...rows.rates, ...rates],
  };
}

describe.runIf(CHROMIUM)('with other data, the page', () => {
  const stage = withStage(otherRows());

  test('names no source of a random estimate, and offers no citation of it', async () => {
    const page = await stage().open('/');
    const legend = page.locator('.legend .source');
    await legend.getByText('A placeholder, not to be cited.').waitFor();
    expect(await legend.innerText()).not.toMatch(/World Bank|Latest year/);
    await page.locator('.map a[data-code=BR] path').hover();
    await page.locator('.readout').getByText('Brazil').waitFor();
    expect(await page.locator('.readout').innerText()).not.toMatch(/20\d\d/);
    // Per capita it is a figure of the World Bank.
    await page.getByRole('radio', { name: 'GDP per capita' }).check();
    await legend.getByText('World Bank').waitFor();

    await page.goto(`${stage().origin}/country/CH`);
    await page.getByText('A placeholder, not to be cited.').waitFor();
    await page.locator('footer').getByText('Cite this').waitFor();
    expect(await page.locator('article').getByText('Cite this').count()).toBe(0);
  });

  test('breaks a long official name on a narrow screen', async () => {
    const page = await stage().open('/country/CH', { viewport: { width: 320, height: 700 } });
    await page.getByText('LlanfairLlanfair').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  test.each([
    '/currency/CHF',
    ...['KWD?base=IRR', 'IRR?base=KWD', 'EUR?base=VND', 'USD?base=IRR'].map((it) => `/currency/${it}`),
  ])('shows whole labels at both ends of the charts of %s', async (path) => {
    const page = await stage().open(path, { viewport: { width: 1280, height: 900 } });
    await expectWholeLabels(page);
    await page.getByRole('radio', { name: 'Yearly averages' }).check();
    await page
      .locator('.tick')
      .getByText(/^(Jan )?2026$/)
      .waitFor();
    await expectWholeLabels(page);
    await page.setViewportSize({ width: 320, height: 900 });
    await expectWholeLabels(page);
  });
});

/** In print. */
async function expectWhole(page: Page, rows: number): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(rows);
  expect(await page.locator('.scroller').evaluate((it) => it.scrollHeight - it.clientHeight)).toBe(0);
  const positions = `[...document.querySelectorAll('th')].map((it) => getComputedStyle(it).position)`;
  expect([...new Set(await page.evaluate<string[]>(positions))]).toEqual(['static']);
}

async function expectWholeLabels(page: Page): Promise<void> {
  const chart = page.locator('.chart svg');
  await chart.locator('.tick').first().waitFor();
  const cut = () =>
    chart.evaluate((svg) => {
      const box = svg.getBoundingClientRect();
      const labels = [...svg.querySelectorAll('.tick')];
      const isCut = ({ left, right }: { left: number; right: number }) => left < box.left || right > box.right;
      return labels.filter((it) => isCut(it.getBoundingClientRect())).map((it) => it.textContent);
    });
  await expect.poll(cut).toEqual([]);
}
