import { readFile, writeFile } from 'node:fs/promises';
import type { BundledFile } from '../src/sources/sources.js';

export const BUNDLED_FOLDER = new URL('../bundled/', import.meta.url);

const NAMES = ['countries', 'rates', 'gdp', 'reference'];

/** The data set's own account of itself, from its files as they are: what, of which day, from where, on which terms. */
export async function writeReadme(): Promise<void> {
  const rows = await Promise.all(NAMES.map(row));
  await writeFile(new URL('README.md', BUNDLED_FOLDER), readme(rows));
}

async function row(name: string): Promise<string> {
  const text = await readFile(new URL(`${name}.json`, BUNDLED_FOLDER), 'utf8');
  const { use, records } = JSON.parse(text) as BundledFile<unknown>;
  return `| [${name}.json](${name}.json) | ${records.length} | ${use.attribution} | ${use.observedAt ?? '-'} | ${use.licence} | ${use.url} |`;
}

function readme(rows: string[]): string {
  return `# The bundled data set

Facts in this project's own normalised shape, so that a first start without a network has something to serve. It fills
an empty database when the live sources cannot be reached, or when it is asked for by name
(\`COUNTRIES_SOURCE=bundled\`, \`RATES_SOURCE=bundled\`); it never replaces newer data, and \`status\` says when it is served.
The facts of reference.json (languages, borders, calling codes, names in other languages) are always read from here: no
refresh brings them.

| file | records | source and attribution | as of | licence | from |
|---|---|---|---|---|---|
${rows.join('\n')}

The licences are those of the data; the project's own licence (MIT) does not apply to them. A database made from the
countries or the reference facts stays under the ODbL 1.0. Rates are units of the currency for 1 USD; GDP is in current
US dollars a head, with the year of each figure.

Written by \`npm run bundle\` (scripts/write-bundled.ts) from whole answers of the sources, and by \`npm run reference\`
(scripts/write-reference.ts) from the package world-countries; do not edit by hand.
`;
}
