import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The browser to test with; undefined where none is installed. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

if (!CHROMIUM) console.log('Skipped: the tests in a browser, because no Chromium was found.');

/** What a browser requests from its maker on its own would look like a request of the page. */
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/**
 * Each window would load pages of the browser's own for its address bar, which take as long as the page of a test. This
 * replaces Playwright's list of such switches, none of which is needed here.
 */
const NO_POPUPS = '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup';

export function startBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', NO_POPUPS, ...QUIET];
  return chromium.launch({ executablePath: CHROMIUM ?? '', args });
}
