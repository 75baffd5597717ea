import { type DocumentNode, GraphQLError, Lexer, parse, Source, TokenKind } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { QueryLimits } from '../../config/limits.js';
import { measureDocument } from './document-figures.js';
import { expectWithin, tooComplex } from './too-complex.js';

/** What fragments may come to when each is put where it is used: a guard of the measure that counts the cost. */
const MAX_SELECTIONS = 10_000;

/** Characters of the texts that are remembered. */
const MAX_REMEMBERED = 4_000_000;

/**
 * Refuses documents that are too much whatever their variables are, before anybody validates them: comparing the fields
 * of a document with each other takes up to a tenth of a second. What passed is remembered.
 */
export function createDocumentCheck(limits: QueryLimits): (query: string) => void {
  const passed = new LRUCache<string, true>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: (_, query) => query.length + 1,
  });
  return (query) => {
    if (passed.has(query)) return;
    const document = parsed(query, limits);
    if (document) expectSmall(document, limits);
    passed.set(query, true);
  };
}

function expectSmall(document: DocumentNode, limits: QueryLimits): void {
  for (const { depth, aliases, directives, duplicates, selections } of measureDocument(document)) {
    expectWithin(limits, 'QUERY_MAX_DEPTH', depth);
    expectWithin(limits, 'QUERY_MAX_ALIASES', aliases);
    expectWithin(limits, 'QUERY_MAX_DIRECTIVES', directives);
    expectWithin(limits, 'QUERY_MAX_DUPLICATES', duplicates);
    if (selections > MAX_SELECTIONS) {
      throw tooComplex(
        `With its fragments the query has ${selections} selections; ${MAX_SELECTIONS} are allowed`,
        {
          limit: 'selections',
          allowed: MAX_SELECTIONS,
          actual: selections,
        },
      );
    }
  }
}

/** Undefined when it is no GraphQL: whoever runs it says what is wrong with it. */
function parsed(query: string, limits: QueryLimits): DocumentNode | undefined {
  try {
    return parse(query, { maxTokens: limits.QUERY_MAX_TOKENS, noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    expectWithin(limits, 'QUERY_MAX_TOKENS', countTokens(query, limits.QUERY_MAX_TOKENS * 10));
    return undefined;
  }
}

/** Stops at `enough`, and where the text is no GraphQL. */
function countTokens(query: string, enough: number): number {
  const lexer = new Lexer(new Source(query));
  let count = 0;
  try {
    while (count < enough && lexer.advance().kind !== TokenKind.EOF) count += 1;
  } catch {}
  return count;
}
