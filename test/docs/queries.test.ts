import { beforeAll, describe, expect, it } from 'vitest';
import { withBundledApp } from '../bundled-app.js';
import { describeMostDatabases } from '../databases.js';
import { rateRow } from '../db/rows.js';
import september from '../fixtures/september-2026.json' with { type: 'json' };
import { type Example, readExamples } from './examples.js';

const INTRODUCTION = `# Queries and their answers

Questions that people ask, each as one request: the operations of [schema/examples.graphql](../schema/examples.graphql),
with the answers of a server that holds the [bundled data set](../bundled/README.md) and, for histories, the rates of
September 2026. A test asks them and compares the answers with this page; \`npx vitest run test/docs -u\` writes it anew.
`;

describe('docs/queries.md', () => {
  describeMostDatabases((open) => {
    const { app, data } = withBundledApp(open);
    beforeAll(async () => {
      const { database } = app().context;
      const rows = Object.entries(september.days).flatMap(([day, rates]) =>
        Object.entries(rates).map(([code, rate]) => rateRow(code, rate, day)),
      );
      await database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100));
    });

    it('shows every example with its real answer', async () => {
      const sections: string[] = [];
      for (const example of readExamples()) sections.push(section(example, await data(example.query)));
      await expect([INTRODUCTION, ...sections].join('\n')).toMatchFileSnapshot('../../docs/queries.md');
    });
  });
});

function section({ title, text, query }: Example, answer: unknown): string {
  const json = JSON.stringify(answer, null, 2);
  return [
    `## ${title}`,
    ...(text === '' ? [] : [text]),
    `\`\`\`graphql\n${query}\n\`\`\``,
    `\`\`\`json\n${oneLineEach(json)}\n\`\`\`\n`,
  ].join('\n\n');
}

/** Objects and lists that hold nothing but values, and fit, on one line. */
function oneLineEach(json: string): string {
  return json.replace(/[{[]\n[^{}[\]]*[}\]]/g, (block) => {
    const line = block.replace(/\n\s*/g, ' ').replace(/^\[ (.*) \]$/, '[$1]');
    return line.length <= 100 ? line : block;
  });
}
