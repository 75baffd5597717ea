import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { held } from '../upstream/faults.js';
import { CHROMIUM } from './chromium.js';
import { TOKEN, withStage } from './stage.js';

describe.runIf(CHROMIUM)('the refresh button', () => {
  const stage = withStage();

  test('asks for the token, shows the phases as they come, and then the new data', async () => {
    const countries = held();
    stage().upstream.answer('restcountries-v3', countries.handler);
    const page = await stage().open('/country/CH');
    await page.getByText('Sample data.').waitFor();
    await page.getByRole('button', { name: 'Refresh' }).click();
    const panel = page.getByRole('dialog', { name: 'Refresh' });
    await panel.getByRole('button', { name: 'Refresh now' }).click();
    await panel.getByLabel('Admin token').fill('a-wrong-one');
    await page.keyboard.press('Enter');
    await panel.getByRole('alert').getByText('This needs the header Authorization').waitFor();
    await panel.getByLabel('Admin token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await panel.getByRole('progressbar').waitFor();
    await panel.getByText('Fetch countries').waitFor();
    countries.open();
    await panel.getByText('Succeeded', { exact: true }).first().waitFor();
    await panel.getByText('250 received').waitFor();
    // The picture comes last.
    await panel.getByRole('listitem').filter({ hasText: 'Draw' }).first().getByText(/^Done/).waitFor();
    // The page says what the server does.
    await expect.poll(() => page.getByText('Sample data.').count()).toBe(Number(await stage().isBundled()));
    await page.keyboard.press('Escape');
    // Of the stub, not of the bundled set.
    await page.getByText('World Bank').first().waitFor();
  });

  test('says when the progress cannot be shown, and can be pressed again', async () => {
    const countries = held();
    stage().upstream.answer('restcountries-v3', countries.handler);
    const page = await stage().open('/');
    let isCut = true;
    await page.routeWebSocket(/graphql/, (socket) => {
      if (isCut) void socket.close({ code: 4500 });
      else socket.connectToServer();
    });
    await page.reload();
    const panel = await startRefresh(page);
    const lost = panel.getByRole('alert').getByText('The progress cannot be shown.');
    await lost.waitFor();
    await panel.getByText('Running', { exact: true }).first().waitFor();
    isCut = false;
    await panel.getByRole('button', { name: 'Refresh now' }).click();
    await panel.getByRole('progressbar').waitFor();
    expect(await lost.count()).toBe(0);
    countries.open();
    await panel.getByText('Succeeded', { exact: true }).first().waitFor();
  });

  test('lists the last refreshes with their reports, and says why one has failed', async () => {
    stage().upstream.answer('restcountries-v3', ({ response }) => void response.writeHead(503).end());
    const page = await stage().open('/');
    const panel = await startRefresh(page);
    await panel.getByText('Earlier refreshes').waitFor();
    await panel.getByText('External data source unavailable').first().waitFor();
    await panel.getByText('Failed', { exact: true }).first().waitFor();
  });

  // The last one: the server joins new refreshes to the dead one for a while.
  test('shows how a refresh ended whose server was restarted', async () => {
    stage().upstream.answer('restcountries-v3', held().handler);
    const page = await stage().open('/');
    const panel = await startRefresh(page);
    await panel.getByRole('progressbar').waitFor();
    const refused = page.waitForEvent('console', (message) => message.text().includes('ERR_CONNECTION_REFUSED'));
    await stage().stopServer('SIGKILL');
    await refused;
    await stage().startServer();
    // Seconds later: only then does the new process take the old one for dead.
    await panel.getByText('The process that ran it has ended').waitFor();
    await expect.poll(() => panel.getByRole('button', { name: 'Refresh now' }).isEnabled()).toBe(true);
    expect(await panel.getByRole('alert').count()).toBe(0);
  });
});

async function startRefresh(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Refresh' }).click();
  const panel = page.getByRole('dialog', { name: 'Refresh' });
  await panel.getByRole('button', { name: 'Refresh now' }).click();
  await panel.getByLabel('Admin token').fill(TOKEN);
  await page.keyboard.press('Enter');
  return panel;
}
