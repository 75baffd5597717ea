import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const text = await readFile('docs/architecture.md', 'utf8');

/** These put parts together: their imports count as those of the file that imports them. */
const COMPOSITION = ['src/context.ts', 'src/graphql/schema.ts', 'src/db/connect.ts'];

/** The files of a numbered list, each by its first path. */
function filesOf(heading: string): string[] {
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\d+\. `(src\/[^`]+)`/gm)].map(([, path]) => path as string);
}

async function importsOf(path: string): Promise<string[]> {
  const source = await readFile(path, 'utf8');
  return [...source.matchAll(/(?:from|import\() ?'(\.{1,2}\/[^']+)\.js'/g)].map(([, target]) =>
    normalize(`${join(dirname(path), target as string)}.ts`),
  );
}

/** What a file imports, also through a file that puts parts together. */
async function reach(path: string): Promise<Set<string>> {
  const reached = new Set<string>();
  const left = await importsOf(path);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    if (COMPOSITION.includes(next) || next === 'src/db/database.ts') left.push(...(await importsOf(next)));
    // A service is given the database; only connect.ts knows what opens one.
    if (next === 'src/db/database.ts') left.push('src/db/connect.ts');
    if (next.endsWith('mysql-dialect.ts')) left.push(...(await importsOf(next)));
  }
  return reached;
}

describe.each([
  ['The way of a query', 6],
  ['The way of a refresh', 9],
])('%s', (heading, most) => {
  const files = filesOf(heading);

  test(`leads through ${most} files at most`, () => {
    expect(files.length).toBeGreaterThan(3);
    expect(files.length).toBeLessThanOrEqual(most);
  });

  test('follows the imports', async () => {
    const reached = new Set([files[0]]);
    for (const file of files) {
      expect(reached, `${file} is imported by none of the files before it`).toContain(file);
      for (const next of await reach(file)) reached.add(next);
    }
  });
});

/** The packages loaded with a file: those that it and the files it imports take values from, except on demand. */
async function packagesLoadedWith(path: string): Promise<Set<string>> {
  const packages = new Set<string>();
  const files = new Set([path]);
  for (const file of files) {
    const source = await readFile(file, 'utf8');
    for (const [, target = ''] of source.matchAll(/^(?:import|export)(?! type\b)(?:[^;]*? from)? '([^']+)'/gm)) {
      if (target.startsWith('.')) files.add(normalize(join(dirname(file), target).replace(/\.js$/, '.ts')));
      else packages.add(target);
    }
  }
  return packages;
}

test('a refresh of the command line loads neither GraphQL nor drivers before it asks the sources', async () => {
  const packages = await packagesLoadedWith('src/cli/refresh.ts');
  expect(packages).toContain('undici');
  for (const slow of ['graphql', 'type-graphql', '@apollo/server', 'fastify', 'mysql2', 'pg', 'libsql']) {
    expect(packages).not.toContain(slow);
  }
});
