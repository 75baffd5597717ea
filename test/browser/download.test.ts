import { readFile } from 'node:fs/promises';
import Papa from 'papaparse';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { bundledRows } from '../bundled.js';
import { CHROMIUM } from './chromium.js';
import { withStage } from './stage.js';

/** What a spreadsheet would run, and what a page would. */
const HOSTILE = '=HYPERLINK("https://evil.example")<img src=x onerror=alert(1)>';

describe.runIf(CHROMIUM)('files of the page', () => {
  const stage = withStage(
    bundledRows().then((rows) => ({
      ...rows,
      countries: rows.countries.map((row) => (row.code === 'AD' ? { ...row, official_name: HOSTILE } : row)),
    })),
  );

  async function download(page: Page, link: Locator): Promise<{ name: string; text: string }> {
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const bytes = await readFile(await file.path());
    // Refuses what is not UTF-8.
    return { name: file.suggestedFilename(), text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  }

  /** As a spreadsheet reads it: the rows, and the lines after them. */
  function read(text: string): { rows: Record<string, string>[]; credits: string[] } {
    const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
    expect(errors).toEqual([]);
    const isCredit = (row: Record<string, string>) => Object.values(row)[0]?.startsWith('# ');
    const end = data.findIndex(isCredit);
    expect(data.slice(end).every(isCredit)).toBe(true);
    return { rows: data.slice(0, end), credits: data.slice(end).map((row) => Object.values(row)[0] ?? '') };
  }

  test('all countries, downloaded by a click, are the rows of the table, with their sources', async () => {
    const page = await stage().open('/');
    const links = page.locator('.countries tbody th a');
    await links.nth(249).waitFor();
    const shown = await links.evaluateAll((them) => them.map((it) => it.getAttribute('href')));
    const { name, text } = await download(page, page.getByRole('link', { name: 'Download CSV' }).first());
    expect(name).toBe('countries.csv');
    const { rows, credits } = read(text);
    expect(rows.map(({ code }) => `/country/${code}`).sort()).toEqual(shown.sort());
    expect(rows.find(({ code }) => code === 'CI')).toMatchObject({
      officialName: "Republic of Côte d'Ivoire",
      currency: 'XOF',
      languages: 'fr',
      currencies: 'XOF',
    });
    expect(credits).toContainEqual(expect.stringMatching(/^# Source: .*World Bank.*; licence: CC-BY-4.0/));
    expect(credits.at(-1)).toMatch(/^# Licence: /);
  });

  test('what looks like a formula or a script is text, in the file and on the page', async () => {
    const page = await stage().open('/country/AD');
    await page.getByText(HOSTILE).waitFor();
    const { text } = await download(page, page.getByRole('link', { name: 'Download all countries (CSV)' }));
    expect(read(text).rows.find(({ code }) => code === 'AD')?.officialName).toBe(`'${HOSTILE}`);
    expect(
      read(text)
        .rows.flatMap((row) => Object.values(row))
        .filter((cell) => /^[=+@]/.test(cell)),
    ).toEqual([]);
  });

  test('rates and histories are those of the view: its base, its day, its steps', async () => {
    const page = await stage().open('/currency/JPY?base=EUR');
    const converter = page.locator('section', { has: page.locator('.converter') });
    await converter.getByRole('textbox', { name: 'On' }).fill('2026-09-14');
    await converter.getByText('observed on 14 Sept 2026').waitFor();
    const rates = await download(page, converter.getByRole('link', { name: 'Download CSV' }));
    expect(rates.name).toBe('rates-JPY-2026-09-14.csv');
    expect(read(rates.text).rows.find(({ quote }) => quote === 'EUR')).toMatchObject({
      base: 'JPY',
      date: '2026-09-14',
    });

    await page.getByRole('radio', { name: 'Monthly averages' }).check();
    const history = await download(page, page.getByRole('link', { name: 'Download history (CSV)' }));
    expect(history.name).toBe('history-JPY-EUR-month.csv');
    const { rows } = read(history.text);
    await page.getByText('Figures', { exact: true }).click();
    const average = await page.getByRole('row', { name: 'Sept 2026' }).getByRole('cell').first().innerText();
    expect(Number(rows.at(-1)?.average).toPrecision(6)).toBe(average);
  });
});
