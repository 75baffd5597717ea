import './sources.js';
import './undici-parts.js';
import type { Config } from '../config.js';
import { askEarly } from './ask-early.js';
import { AnswerMemory } from './response-cache.js';
import { createSources } from './sources.js';

// All that sends a question comes with this module, so that the question leaves at once.

/** Asks for what has changed since the answers that are noted in the folder. */
export function askSources(config: Config['sources'], cacheDir: string, force: boolean) {
  const memory = new AnswerMemory(cacheDir);
  return { memory, sources: askEarly(createSources(config, memory), force) };
}
