import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
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

  test('names the sources and their licences on every view, and that the data are the bundled ones', async () => {
    const page = await stage().open('/');
    for (const path of ['/', '/country/CH', '/currency/CHF', '/country/XY', '/currency/NOWHERE']) {
      await page.goto(`${stage().origin}${path}`);
      await page.getByText('Sample data.').waitFor();
      await page.locator('footer').getByRole('link', { name: 'CC-BY-4.0' }).waitFor();
    }
  });
});
