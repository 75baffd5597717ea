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

  test('fetches everything that is missing when told to try again', async () => {
    const page = await stage().open('/');
    await page.route('**/graphql', (it) => it.abort('internetdisconnected'));
    await page.reload();
    await page.getByText('The server cannot be reached.').first().waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.countries tbody tr').nth(249).waitFor();
    await page.getByText('Sample data.').waitFor();
    await page.locator('footer').getByRole('link', { name: 'CC-BY-4.0' }).waitFor();
    await page.locator('.filters').getByRole('option', { name: /^CHF/ }).waitFor({ state: 'attached' });
    await page.locator('.converter').getByRole('option', { name: /^CHF/ }).first().waitFor({ state: 'attached' });
    await page.locator('.result').getByText('EUR 100.00').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('says that the map is missing when it cannot be loaded', async () => {
    const page = await stage().open('/');
    await page.route('**/assets/*world-map*.js', (it) => it.abort('internetdisconnected'));
    for (const path of ['/', '/country/CH']) {
      await page.goto(`${stage().origin}${path}`);
      await page.getByRole('alert').getByText('The map cannot be loaded.').waitFor();
    }
    await page.goto(stage().origin);
    await page.locator('.countries tbody tr').nth(249).waitFor();
    await page.unroute('**/assets/*world-map*.js');
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.locator('.map a[data-code=FR]').waitFor();
  });
});

describe.runIf(CHROMIUM)('without any data, the page', () => {
  const stage = withStage({ countries: [], currencies: [], links: [], rates: [] });

  test('says what to do', async () => {
    const page = await stage().open('/');
    const hint = page.getByText('No countries are stored yet. A refresh fetches them.');
    await hint.waitFor();
    expect((await hint.boundingBox())?.height).toBeLessThan(200);
    // All land, though nothing is known about any country.
    await expect.poll(() => page.locator('.map .land').count()).toBeGreaterThan(150);
  });
});
