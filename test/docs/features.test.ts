import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';

const page = readFileSync(new URL('../../docs/features.md', import.meta.url), 'utf8');

/** The rows of the tables that have a query in their last column. */
const rows = page
  .split('\n## ')
  .slice(1)
  .filter((section) => !/^(?:Databases|What they can be asked)/.test(section))
  .flatMap((section) => {
    const [system = '', ...lines] = section.split('\n');
    const cells = lines.filter((line) => line.startsWith('| ')).map((line) => line.split(' | '));
    return cells.slice(1).map(([what = '', , here = '']) => ({ system, what: what.slice(2), here }));
  });

describe('docs/features.md', () => {
  it('has rows for five systems', () => {
    expect(new Set(rows.map(({ system }) => system)).size).toBe(5);
    expect(rows.length).toBeGreaterThan(60);
  });

  describeMostDatabases((open) => {
    const { data } = withBundledApp(open);

    it.each(rows)('$system: $what', async ({ here }) => {
      const query = /^`(\{.*\})` \|$/.exec(here)?.[1] ?? '';
      const answer = await data(query);
      for (const part of Object.values(answer)) {
        expect(part).not.toBeNull();
        expect(JSON.stringify(part)).not.toMatch(/"nodes":\[\]|"totalCount":0|^\[\]$/);
      }
    });
  });
});
