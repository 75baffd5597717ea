import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { createTestDatabase } from '../databases.js';

const MAIN = fileURLToPath(new URL('../../examples/typed-client/main.ts', import.meta.url));

describe('the typed client of the examples', () => {
  const { app } = withBundledApp(() => createTestDatabase('sqlite'));

  it('shows currencies, a price in them, and all countries of a region', async () => {
    const args = ['--import', 'tsx', MAIN, `${app().url}/graphql`];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
    expect(stderr).toBe('');
    const [picker, yen, dollars, missing, ...countries] = stdout.trim().split('\n');
    expect(picker).toMatch(/^1\d\d currencies, the first: AED VAE-Dirham/);
    expect(yen).toBe('1999.99 EUR = 357809 JPY (2026-09-29)');
    expect(dollars).toMatch(/^1999\.99 EUR = 2\d{3}\.\d{1,2} USD \(2026-09-29\)$/);
    expect(missing).toMatch(/KPW/);
    expect(countries).toHaveLength(27);
    expect(countries).toContain('🇹🇻 Tuvalu: Funafuti, 10,643 people, AUD');
  });
});
