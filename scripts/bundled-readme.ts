import { readFile, writeFile } from 'node:fs/promises';
import type { BundledFile } from '../src/sources/sources.js';

export const BUNDLED_FOLDER = new URL('../bundled/', import.meta.url);

const NAMES = ['countries', 'rates', 'gdp', 'reference'];

/** The README of the data set, from its files as they are: what, from which day, from where, on which terms. */
export async function writeReadme(): Promise<void> {
  const rows = await Promise.all(NAMES.map(rowsOf));
  await writeFile(new URL('README.md', BUNDLED_FOLDER), readme(rows.flat()));
}

/** The reference facts have several sources. */
type File = BundledFile<unknown> | { uses: BundledFile<unknown>['use'][]; records: unknown[] };

async function rowsOf(name: string): Promise<string[]> {
  const file = JSON.parse(await readFile(new URL(`${name}.json`, BUNDLED_FOLDER), 'utf8')) as File;
  const uses = 'uses' in file ? file.uses : [file.use];
  return uses.map(
    ({ attribution, observedAt, licence, url }) =>
      `| [${name}.json](${name}.json) | ${file.records.length} | ${attribution} | ${observedAt ?? '-'} | ${licence} | ${url} |`,
  );
}

function readme(rows: string[]): string {
  return `# The bundled data set

Facts in this project's own normalised shape, so that a first start without a network has something to serve. It fills
an empty database when the live sources cannot be reached, or when it is selected by name (\`COUNTRIES_SOURCE=bundled\`,
\`RATES_SOURCE=bundled\`); it never replaces newer data, and \`status\` says when it is served. The facts of reference.json
(legal tender by date, languages, borders, calling codes, time zones, names, capitals) are always read from here: no
refresh fetches them.

| file | records | source and attribution | as of | licence | obtained from |
|---|---|---|---|---|---|
${rows.join('\n')}

None of them was fetched from its live address when the set was written: the countries are a file of the repository of
REST Countries, the rates one edition of the npm package, the GDP figures a copy of the World Bank's table that another
project keeps, the reference facts npm packages.

The licences are those of the data, with their texts in [licences](licences), and [NOTICE](../NOTICE) names their
holders; the project's own licence (MIT) does not apply to them. A database made from the countries or the reference
facts stays under the ODbL 1.0. Rates are units of the currency for 1 USD; GDP is in current US dollars per capita, with
the year of each figure.

Written by \`npm run bundle\` (scripts/write-bundled.ts) from complete answers of the sources, and by \`npm run reference\`
(scripts/write-reference.ts) from world-countries, Unicode CLDR and the lists they are compared with; do not edit by hand.
`;
}
