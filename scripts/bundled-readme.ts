import type { BundledFile } from '../src/refresh/sources/bundled.js';

/** The data set's own account of itself: what it is, of which day, from where and on which terms. */
export function readme(files: Record<string, BundledFile<unknown>>): string {
  const rows = Object.entries(files).map(
    ([name, { use, records }]) =>
      `| [${name}.json](${name}.json) | ${records.length} | ${use.attribution} | ${use.observedAt ?? '-'} | ${use.licence} | ${use.url} |`,
  );
  return `# The bundled data set

Facts in this project's own normalised shape, so that a first start without a network has something to serve. It fills
an empty database when the live sources cannot be reached, or when it is asked for by name
(\`COUNTRIES_SOURCE=bundled\`, \`RATES_SOURCE=bundled\`); it never replaces newer data, and \`status\` says when it is served.

| file | records | source and attribution | as of | licence | from |
|---|---|---|---|---|---|
${rows.join('\n')}

The licences are those of the data; the project's own licence (MIT) does not apply to them. A database made from the
countries stays under the ODbL 1.0. Rates are units of the currency for 1 USD; GDP is in current US dollars a head, with
the year of each figure.

Written by \`npm run bundle\` (scripts/write-bundled.ts) from whole answers of the sources; do not edit by hand.
`;
}
