import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { MAX_DOCUMENTS } from './apollo.js';
import type { CompiledQueries } from './compiled-queries.js';
import type { RequestContext } from './context.js';
import type { CostCheck } from './limits/cost.js';
import type { Question } from './question.js';
import { Answer } from './response.js';

/** A query that Apollo has parsed, validated, let pass and answered without errors. */
interface KnownQuery {
  document: DocumentNode;
  operation: string | undefined;
  status: number;
  headers: Answer['headers'];
}

/**
 * Runs a query that has been answered before without the stages that would find again what they found then: this is how
 * the questions that are always asked are answered when the data have changed. Whatever does not end in a whole answer
 * is left to Apollo, which alone makes errors.
 */
export class KnownQueries {
  readonly #schema: GraphQLSchema;
  readonly #checkCost: CostCheck;
  readonly #compiled: CompiledQueries | undefined;
  readonly #known = new LRUCache<string, KnownQuery>({
    maxSize: MAX_DOCUMENTS,
    sizeCalculation: (_, form) => form.length,
  });

  constructor(schema: GraphQLSchema, checkCost: CostCheck, compiled?: CompiledQueries) {
    this.#schema = schema;
    this.#checkCost = checkCost;
    this.#compiled = compiled;
  }

  /** What Apollo has made of a question. */
  remember({ form }: Question, { valid: { document }, facts }: RequestContext, answer: Answer): void {
    if (!document || !answer.isWhole) return;
    const { status, headers } = answer;
    this.#known.set(form, { document, operation: facts.operation, status, headers });
  }

  /** Undefined where Apollo is to answer. */
  async answer(question: Question, context: RequestContext): Promise<Answer | undefined> {
    const known = this.#known.get(question.form);
    const { variables } = question;
    if (!known || !isVariables(variables)) return undefined;
    const result = await this.#run(known.document, { ...question, variables }, context);
    if (result && !result.errors) return toAnswer(known, result, context);
    // Lest it be run twice each time.
    this.#known.delete(question.form);
    return undefined;
  }

  #run(
    document: DocumentNode,
    { operationName, variables }: Question & { variables: Variables },
    contextValue: RequestContext,
  ): Promise<ExecutionResult> | ExecutionResult | undefined {
    const schema = this.#schema;
    try {
      const cost = this.#checkCost({ schema, document, operationName, variables }, contextValue.facts);
      contextValue.budget.spend(cost);
    } catch {
      return undefined;
    }
    contextValue.startClock();
    const run = this.#compiled?.find(document);
    if (run) return run(contextValue, variables ?? {});
    return execute({ schema, document, operationName, variableValues: variables, contextValue }) as
      | Promise<ExecutionResult>
      | ExecutionResult;
  }
}

type Variables = Record<string, unknown> | null | undefined;

/** As a POST has them. What is none, Apollo says. */
function isVariables(variables: unknown): variables is Variables {
  return variables === undefined || (typeof variables === 'object' && !Array.isArray(variables));
}

function toAnswer(
  { operation, status, headers }: KnownQuery,
  result: ExecutionResult,
  { facts }: RequestContext,
): Answer {
  if (operation !== undefined) facts.operation = operation;
  // Apollo ends an answer with a line feed.
  return new Answer(status, headers, `${JSON.stringify(result)}\n`, facts);
}
