import { readFile, writeFile } from 'node:fs/promises';

// Run by npm version: the unreleased changes get the number and the date of the release.

const version = process.env.npm_package_version;
const text = await readFile('CHANGELOG.md', 'utf8');
const [head, notes] = text.split(/^## Unreleased\n/m);
if (version === undefined) throw new Error('Run npm version, which calls this script');
if (!notes?.trimStart().startsWith('### ')) throw new Error('CHANGELOG.md has nothing under Unreleased');
const day = new Date().toISOString().slice(0, 10);
await writeFile('CHANGELOG.md', `${head}## Unreleased\n\n## ${version} - ${day}\n${notes}`);
