import { describe, expect, test } from 'vitest';
import { CHROMIUM } from './chromium.js';
import { withStage } from './stage.js';

describe.runIf(CHROMIUM)('an address of the page', () => {
  const stage = withStage();

  test('with a search for one letter shows every match, also of a region', async () => {
    const page = await stage().open('/?text=a');
    await page.getByText('249 of 250 countries').waitFor();
    const all = await page.locator('.countries tbody tr').filter({ hasText: 'Oceania' }).count();
    expect(all).toBeGreaterThan(20);
    await page.getByRole('combobox', { name: 'Region' }).selectOption('OCEANIA');
    await page.getByText(`${all} of 250 countries`).waitFor();
  });

  test('may have codes in small letters', async () => {
    const page = await stage().open('/currency/usd?base=chf');
    await page.getByRole('article').getByText('USD for 1 CHF').first().waitFor();
    const base = page.getByRole('combobox', { name: 'Rate for one' });
    await expect.poll(() => base.inputValue()).toBe('CHF');
    await page.goto(`${stage().origin}/currency/usd`);
    await page.getByRole('article').getByText('USD for 1 EUR').first().waitFor();
    await page.goto(`${stage().origin}/?currency=chf&region=europe&show=currency-30&base=eur&from=chf`);
    await page.getByText('2 of 250 countries').waitFor();
    await expect.poll(() => page.getByRole('combobox', { name: 'against' }).inputValue()).toBe('EUR');
    await page.getByText('CHF 100.00').waitFor();
  });

  test.each(['XXX', 'nothing', 'JPY'])('with the base %s, which it cannot be, shows the usual one', async (code) => {
    const page = await stage().open(`/currency/JPY?base=${code}`);
    await page.getByRole('article').getByText('JPY for 1 USD').first().waitFor();
    await expect.poll(() => page.getByRole('combobox', { name: 'Rate for one' }).inputValue()).toBe('USD');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('without its parameters shows the converter as at the start', async () => {
    const page = await stage().open('/?amount=500&from=CHF&to=JPY');
    await page.getByText('CHF 500.00').waitFor();
    await page.locator('.wordmark').click();
    await page.getByText('EUR 100.00').waitFor();
    const converter = page.locator('.converter');
    expect(await converter.getByLabel('Amount').inputValue()).toBe('100');
    await converter.getByLabel('Amount').fill('');
    await page.getByText('Enter an amount.').waitFor();
    expect(await converter.getByLabel('Amount').inputValue()).toBe('');
  });
});
