import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';

const FOLDER = join(inject('builtPackage'), 'dist/web');
const MAX_BYTES = 200_000;

describe('the built page', () => {
  const names = async () =>
    (await readdir(FOLDER, { recursive: true })).filter((name) => /^(?!graphiql).*\.\w+$/.test(name));
  const sizeOf = async (name: string) => (await stat(join(FOLDER, name))).size;

  test('takes less than 200 kB for its first view, compressed, the map and all fonts included', async () => {
    const compressed = new Set((await names()).filter((name) => name.endsWith('.br')));
    const lazy = /(country|currency)-page|rate-history|\.svg/;
    const shell = (await names()).filter((name) => !/\.(br|gz)$/.test(name) && !lazy.test(name));
    const sizes = await Promise.all(shell.map((name) => sizeOf(compressed.has(`${name}.br`) ? `${name}.br` : name)));
    expect(shell).toContainEqual(expect.stringMatching(/^assets\/index-.*\.js$/));
    expect(shell).toContainEqual(expect.stringMatching(/world-map.*\.js$/));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(MAX_BYTES);
  });

  test('has both compressed forms of every text that gains by it', async () => {
    const all = new Set(await names());
    const texts = [...all].filter((name) => /\.(js|css|html)$/.test(name));
    for (const name of texts) {
      if ((await sizeOf(name)) < 512) continue;
      expect(all).toContain(`${name}.br`);
      expect(all).toContain(`${name}.gz`);
    }
  });

  test('has no script, no style and no address of another host in its document', async () => {
    const html = await readFile(join(FOLDER, 'index.html'), 'utf8');
    expect(html.match(/<script[^>]*>/g)).toEqual([expect.stringContaining(' src="/assets/')]);
    expect(html).not.toMatch(/<style|style=|https?:\/\//);
  });
});
