import { SourceUnavailableError } from '../../errors.js';
import { withoutSecrets } from './address.js';
import type { AnswerMemory } from './answer-memory.js';
import { dayOf, type JsonAnswer, type JsonClient } from './http.js';

/** The client of one fetch. What it was sent is remembered when the source's adapter could use it. */
export interface RememberingClient extends JsonClient {
  /** Whether every answer was one that the upstream had sent before. */
  readonly isReused: boolean;
  keep(): void;
}

/** Asks for what has changed since the answer that is remembered. */
export function remembering(http: JsonClient, memory: AnswerMemory, force: boolean): RememberingClient {
  const fresh: (() => void)[] = [];
  let reused = 0;
  return {
    async getJson(request) {
      const known = force ? undefined : memory.recall(request.url);
      let answer = await http.getJson(known ? { ...request, validators: known } : request);
      if (known && answer.notModified) {
        const body = await known.body();
        if (body !== undefined) {
          reused += 1;
          return { ...answer, body, lastModifiedOn: dayOf(known.lastModified) };
        }
        answer = await http.getJson(request);
      }
      fresh.push(() => memory.keep(request.url, answer.validators, answer.body));
      return answer;
    },
    get isReused() {
      return reused > 0 && fresh.length === 0;
    },
    keep() {
      for (const remember of fresh) remember();
    },
  };
}

/** Answers from what is remembered, and asks nobody. */
export function rememberingOnly(memory: AnswerMemory | undefined): JsonClient {
  return {
    async getJson({ source, url }): Promise<JsonAnswer> {
      await memory?.loaded;
      const known = memory?.recall(url);
      if (!known) throw new SourceUnavailableError(source, 'nothing is remembered');
      return {
        body: await known.body(),
        url: withoutSecrets(url),
        lastModifiedOn: dayOf(known.lastModified),
        validators: known,
        notModified: true,
      };
    },
  };
}
