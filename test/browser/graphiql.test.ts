import { readFile } from 'node:fs/promises';
import { type DocumentNode, parse, validate } from 'graphql';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { createSchema } from '../../src/graphql/schema.js';
import { createClient } from '../client/client.js';
import { CHROMIUM } from './chromium.js';
import { TOKEN, withStage } from './stage.js';

const EXAMPLES = [
  ...['LargestEconomies', 'CountryCard', 'TravelBudget', 'RateChart', 'SearchBox', 'GdpByRegion'],
  ...['Refresh', 'WatchRefresh'],
];

test('the operations that are only in GraphiQL fit the schema', async () => {
  const document: DocumentNode = parse(await readFile('web/graphiql/refresh.graphql', 'utf8'));
  expect(validate(createSchema(), document)).toEqual([]);
});

describe.runIf(CHROMIUM)('GraphiQL without a network', () => {
  const stage = withStage();
  const ready = (page: Page) => page.locator('.graphiql-query-editor .view-line').first().waitFor();
  const result = (page: Page) => page.locator('.result-window .view-lines');
  const run = (page: Page) => page.getByRole('button', { name: /^Execute/ }).click();
  const seeQuery = (part: Locator) => part.getByText('See this query');
  const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });

  test('has examples in tabs, which run, and links to the page and to Apollo Sandbox', async () => {
    const page = await stage().open('/graphiql');
    await ready(page);
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(EXAMPLES);
    await run(page);
    await result(page).getByText('United States').waitFor();
    await tab(page, 'GdpByRegion').click();
    await run(page);
    await result(page).getByText('ANTARCTIC').waitFor();

    expect(await page.getByRole('link', { name: 'Apollo Sandbox' }).getAttribute('href')).toBe('/graphql');
    await page.getByRole('link', { name: 'country-exchange' }).click();
    await page.waitForURL(`${stage().origin}/`);
  });

  test('keeps its links on a narrow screen', async () => {
    const page = await stage().open('/graphiql', { viewport: { width: 320, height: 700 } });
    await ready(page);
    for (const link of await page.locator('.graphiql-logo a').all()) {
      const box = await link.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
    }
  });

  test('opens the query of a view on a click, and answers it', async () => {
    const page = await stage().open('/country/JP');
    let answer = () => {};
    const isWanted = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query RateHistory')) await isWanted;
      await route.continue();
    });
    await page.goto(`${stage().origin}/currency/JPY?base=EUR`);
    const link = seeQuery(page.locator('.history'));
    await page.getByRole('radio', { name: 'Monthly averages' }).waitFor();
    // The chart would move it away from under the pointer.
    expect(await link.count()).toBe(0);
    answer();
    await link.click();
    await page.waitForURL(/\/graphiql\?query=/);
    await ready(page);
    await run(page);
    await result(page).getByText('"average"').first().waitFor();
    expect(await result(page).getByText('"errors"').count()).toBe(0);
  });

  /** The parts of views that link to GraphiQL, and what the API answers to their queries. */
  const linked: [view: string, parts: [part: (page: Page) => Locator, answer: string | RegExp][]][] = [
    [
      '/?amount=100&from=EUR&to=XOF',
      [
        [(page) => page.getByRole('region', { name: 'All countries' }), 'Afghanistan'],
        [(page) => page.getByRole('region', { name: 'Convert' }), /"result":655\d\d/],
        [(page) => page.locator('footer'), 'totalCountries'],
        // Closed, so it has no role.
        [(page) => page.locator('dialog'), '"refreshes":[]'],
      ],
    ],
    ['/country/CI', [[(page) => page.locator('article'), 'Yamoussoukro']]],
    [
      '/currency/JPY?base=EUR',
      [
        [(page) => page.locator('.history'), '"average"'],
        [(page) => page.locator('section').last(), 'Japanese Yen'],
      ],
    ],
  ];

  test.each(linked)('is linked from %s with queries that the API answers', async (view, parts) => {
    const page = await stage().open(view);
    for (const [part, answer] of parts) {
      const href = await seeQuery(part(page)).getAttribute('href');
      const { pathname, searchParams } = new URL(href ?? '', stage().origin);
      expect(pathname).toBe('/graphiql');
      const [query, variables] = [searchParams.get('query') ?? '', searchParams.get('variables') ?? ''];
      const { data, errors } = await createClient(`${stage().origin}/graphql`).post(query, JSON.parse(variables));
      expect(errors).toEqual([]);
      expect(JSON.stringify(data)).toMatch(answer);
    }
  });

  test('opens a query, its variables and one of its operations from the address, and keeps the address in step', async () => {
    const query =
      'query A { status { version } }\nquery B($code: CountryCode!) { country(code: $code) { name capital } }';
    const search = new URLSearchParams({ query, variables: '{"code": "FR"}', operationName: 'B' });
    const page = await stage().open(`/graphiql?${search}`);
    await ready(page);
    await expect.poll(() => new URL(page.url()).searchParams.get('operationName')).toBe('B');
    await page.getByRole('region', { name: 'Operation Editor' }).locator('textarea').first().focus();
    await page.keyboard.press('Control+Enter');
    await result(page).getByText('Paris').waitFor();

    await page.keyboard.press('Control+A');
    await page.keyboard.type('{ status { colour');
    const kept = () => new URL(page.url()).searchParams.get('query')?.replaceAll(/\s/g, '');
    await expect.poll(kept).toBe('{status{colour}}');
    // It is whole, but the schema has no such field.
    await page.locator('.graphiql-query-editor .squiggly-error').first().waitFor();
    await page.reload();
    await page.locator('.graphiql-query-editor').getByText('colour').waitFor();
  });

  test('a malformed address opens what it has, and harms nothing', async () => {
    const page = await stage().open(
      '/graphiql?query=%7B%3Cscript%3Ealert(1)%3C/script%3E&variables=%7Bno&operationName=None',
    );
    await page.locator('.graphiql-query-editor').getByText('alert(1)').waitFor();
  });

  test('shows a refresh from its beginning to its end', async () => {
    const page = await stage().open('/graphiql');
    await ready(page);
    await tab(page, 'WatchRefresh').click();
    // At once: GraphiQL itself has not parsed it yet.
    await run(page);
    await page.getByRole('button', { name: /^Stop/ }).waitFor();
    const started = await fetch(`${stage().origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: 'mutation { refreshCountries(input: { force: true }) { state } }' }),
    });
    expect(await started.json()).toEqual({ data: { refreshCountries: { state: 'SUCCEEDED' } } });
    await result(page).getByText('SUCCEEDED').waitFor();
    await page.getByRole('button', { name: /^Execute/ }).waitFor();
  });
});
