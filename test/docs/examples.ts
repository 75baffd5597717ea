import { readFileSync } from 'node:fs';
import { type OperationDefinitionNode, parse } from 'graphql';

export interface Example {
  name: string;
  title: string;
  /** Paragraphs under the title; may be none. */
  text: string;
  query: string;
}

/** The operations of schema/examples.graphql with the comments before them. */
export function readExamples(): Example[] {
  const source = readFileSync(new URL('../../schema/examples.graphql', import.meta.url), 'utf8');
  const operations = parse(source).definitions as OperationDefinitionNode[];
  return operations.map(({ name, loc }, at) => {
    const behindLast = operations[at - 1]?.loc?.end ?? 0;
    const comment = source.slice(behindLast, loc?.start).trim().split('\n\n').at(-1) ?? '';
    const [title = '', ...text] = comment.split('\n').map((line) => line.replace(/^# ?/, ''));
    const query = source.slice(loc?.start, loc?.end);
    return { name: name?.value ?? '', title, text: text.join('\n').trim(), query };
  });
}
