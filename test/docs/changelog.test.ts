import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';

const headings = (text: string) => Array.from(text.matchAll(/^## (.*)$/gm), ([, heading = '']) => heading);

/** The changelog after `npm version` has called the script. */
async function dated(text: string, version = '0.2.0'): Promise<string> {
  const cwd = await mkdtemp(join(inject('testFolder'), 'changelog-'));
  await writeFile(join(cwd, 'CHANGELOG.md'), text);
  const env = { ...process.env, npm_package_version: version };
  await promisify(execFile)(process.execPath, [resolve('scripts/date-changelog.js')], { cwd, env });
  return readFile(join(cwd, 'CHANGELOG.md'), 'utf8');
}

describe('CHANGELOG.md', async () => {
  const text = await readFile('CHANGELOG.md', 'utf8');
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

  it('has what is unreleased, then versions with their days, the newest first', () => {
    const [first, ...releases] = headings(text);
    expect(first).toBe('Unreleased');
    for (const release of releases) expect(release).toMatch(/^\d+\.\d+\.\d+ - 20\d\d-\d\d-\d\d$/);
    expect(releases[0]?.split(' ')[0]).toBe(version);
    const days = releases.map((release) => release.split(' ')[2] ?? '');
    expect(days).toEqual(days.toSorted().toReversed());
  });
});

describe('a release', () => {
  it('dates what was unreleased', async () => {
    const before = '# Changelog\n\n## Unreleased\n\n### Fixed\n\n- It.\n\n## 0.1.0 - 2026-01-01\n\n- First.\n';
    const after = await dated(before);
    const today = new Date().toISOString().slice(0, 10);
    expect(headings(after)).toEqual(['Unreleased', `0.2.0 - ${today}`, '0.1.0 - 2026-01-01']);
    expect(after).toContain(`## Unreleased\n\n## 0.2.0 - ${today}\n\n### Fixed\n\n- It.\n`);
  });

  it.each(['# Changelog\n', '# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n### Added\n'])(
    'of nothing is refused: %j',
    (text) => expect(dated(text)).rejects.toThrow(/nothing under Unreleased/),
  );
});
