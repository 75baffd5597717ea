import { describe, expect, test } from 'vitest';
import { CHROMIUM } from './chromium.js';
import { withStage } from './stage.js';

describe.runIf(CHROMIUM)('without its server, the page', () => {
  const stage = withStage();

  test('says so, and goes on when it is there again', async () => {
    const page = await stage().open('/');
    const rows = page.locator('.countries tbody tr');
    const unreachable = page.getByRole('alert').getByText('The server cannot be reached.');
    const again = page.getByRole('button', { name: 'Try again' });
    await rows.nth(249).waitFor();

    await stage().stopServer();
    await page.getByLabel('Search').fill('cote');
    await unreachable.waitFor();
    await stage().startServer();
    await again.click();
    await rows.first().getByText('Côte d’Ivoire').waitFor();
    expect(await unreachable.count()).toBe(0);

    // Its code is not loaded yet.
    await page.context().setOffline(true);
    await rows.first().getByRole('link', { name: 'Côte d’Ivoire' }).click();
    await unreachable.waitFor();
    await page.context().setOffline(false);
    await again.click();
    await page.getByRole('heading', { level: 1, name: 'Côte d’Ivoire' }).waitFor();

    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Ghana' }).first().click();
    await unreachable.first().waitFor();
    await page.context().setOffline(false);
    await again.first().click();
    await page.getByRole('heading', { level: 1, name: 'Ghana' }).waitFor();
  });
});

describe.runIf(CHROMIUM)('without any data, the page', () => {
  const stage = withStage({ countries: [], currencies: [], links: [], rates: [] });

  test('says what to do', async () => {
    const page = await stage().open('/');
    await page.getByText('No countries are stored yet. A refresh fetches them.').waitFor();
  });
});
