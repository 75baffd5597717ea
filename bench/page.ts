import type { Browser, Page } from 'playwright-core';
import { CHROMIUM, startBrowser } from '../test/browser/chromium.js';
import { filled, startProduct, withFolder } from './lib/process.js';
import { type Measured, summarise } from './lib/statistics.js';
import { atMost, type Part } from './part.js';

interface Load {
  /** Since the beginning of the navigation. */
  paintMs: number;
  interactiveMs: number;
  tableMs: number;
  searchMs: number;
  shellKb: number;
  wholeKb: number;
  requests: number;
  elsewhere: number;
}

type Found = { [Name in keyof Load]: Measured } & { browser: string };

/** The first view of the page in a real browser, with nothing in its cache. Undefined where no Chromium is installed. */
export const pagePart: Part<Found | undefined> = {
  async measure({ plan, say }) {
    if (!CHROMIUM) {
      say('  left out: no Chromium is installed');
      return undefined;
    }
    return withFolder(async (folder) => {
      const server = await startProduct(await filled(folder));
      const browser = await startBrowser();
      const { origin } = new URL(server.url);
      // The first ones warm up the server and the browser.
      await load(browser, origin);
      await typeAtOnce(browser, origin);
      const loads: Load[] = [];
      while (loads.length < plan.pageLoads) {
        loads.push({ ...(await load(browser, origin)), interactiveMs: await typeAtOnce(browser, origin) });
      }
      const version = browser.version();
      await browser.close();
      await server.process.stop();
      const names = Object.keys(loads[0] as Load) as (keyof Load)[];
      const figures = names.map((name) => [name, summarise(loads.map((it) => it[name]))]);
      return { ...(Object.fromEntries(figures) as { [Name in keyof Load]: Measured }), browser: version };
    });
  },
  sections: (found) =>
    found
      ? [
          {
            title: 'The page',
            intro: `In Chromium ${found.browser}, with an empty cache; times are since the beginning of the navigation.`,
            heads: ['', 'median (least to most)'],
            rows: [
              ['first paint, ms', found.paintMs],
              [
                'interactive: a letter typed as soon as the search box is painted has its effect painted, ms',
                found.interactiveMs,
              ],
              ['the table of all countries is painted, ms', found.tableMs],
              ['the answer to a search that is typed only then is painted, ms', found.searchMs],
              ['the shell, compressed: document, scripts, styles, map, fonts, kB', found.shellKb],
              ['the whole first view, with data and flags, kB', found.wholeKb],
              ['requests', found.requests],
              ['requests to other hosts', found.elsewhere],
            ],
          },
        ]
      : [],
  floors: (found) =>
    found
      ? [
          atMost(200, 'page: shell, compressed, kB', found.shellKb.max),
          atMost(1_000, 'page: interactive, ms', found.interactiveMs.median),
          atMost(0, 'page: requests to other hosts', found.elsewhere.max),
        ]
      : [],
};

/** For scripts that run in the page from its beginning: a time counts when a frame after it has been painted. */
const UNTIL = `
  const search = () => document.querySelector('input[type=search]');
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const until = (isThere) => new Promise((resolve) => {
    const look = () => isThere() && (observer.disconnect(), resolve(painted().then(() => performance.now())));
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    look();
  });`;

/** Types as soon as the table is painted, and waits until the answer is. */
const SEARCH = `${UNTIL}
  const first = () => document.querySelector('.countries tbody th')?.textContent ?? '';
  const measure = async () => {
    const tableMs = await until(() => document.querySelectorAll('.countries tbody tr').length === 250);
    search().value = 'cote';
    search().dispatchEvent(new InputEvent('input', { bubbles: true }));
    const searchMs = await until(() => first().includes('Ivoire'));
    return { tableMs, searchMs };
  };
  window.measured = measure();`;

/** Requests a key press as soon as the search box is painted, and waits for the frame after the page has handled it. */
const TYPE = `${UNTIL}
  const measure = async () => {
    await until(search);
    search().focus();
    const handled = new Promise((resolve) => addEventListener('input', resolve, { once: true }));
    pressKey();
    await handled;
    await painted();
    const interactiveMs = performance.now();
    const text = new URLSearchParams(location.search).get('text');
    if (search().value !== 'c' || text !== 'c') throw new Error('The page has not taken the key.');
    return interactiveMs;
  };
  window.measured = measure();`;

/** What was transferred, without headers. */
const READ = `(async () => {
  const { tableMs, searchMs } = await window.measured;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const kb = (some) => some.reduce((sum, it) => sum + it.encodedBodySize, 0) / 1_000;
  return {
    paintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    tableMs,
    searchMs,
    shellKb: kb(entries.filter(({ name }) => !/graphql|\\.svg/.test(name))),
    wholeKb: kb(entries),
    requests: entries.length,
  };
})()`;

async function load(browser: Browser, origin: string): Promise<Omit<Load, 'interactiveMs'>> {
  const page = await newWindow(browser);
  let elsewhere = 0;
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) elsewhere += 1;
  });
  await page.addInitScript(SEARCH);
  await page.goto(origin);
  const found = await page.evaluate<Omit<Load, 'elsewhere' | 'interactiveMs'>>(READ);
  await page.context().close();
  return { ...found, elsewhere };
}

/** When the page takes input: in a separate load, since what is typed this early filters the table. */
async function typeAtOnce(browser: Browser, origin: string): Promise<number> {
  const page = await newWindow(browser);
  // A real key press, not an event from a script.
  await page.exposeFunction('pressKey', () => page.keyboard.press('c'));
  await page.addInitScript(TYPE);
  await page.goto(origin);
  const interactiveMs = await page.evaluate<number>('window.measured');
  await page.context().close();
  return interactiveMs;
}

async function newWindow(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  return context.newPage();
}
