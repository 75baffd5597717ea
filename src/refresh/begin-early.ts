import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config.js';
import { type Knock, knock } from '../db/knock.js';
import type { AnswerMemory } from '../sources/response-cache.js';
import type { Sources } from '../sources/sources.js';

/** What a refresh asks of the database before the sources answer, each on a connection of its own, and the writer's. */
const CONNECTIONS = 11;

/** Names are looked up, connections opened, requests written: each step is one more turn, which loading would hold up. */
const HEAD_START_MS = 25;

/** What is under way before there is a database, or anything else. */
export interface Begun {
  /** Whoever has them closes those that nobody took. */
  sockets: Knock | null;
  memory: AnswerMemory;
  sources: Sources;
}

/** Knocks at the database and asks the sources, before the rest is loaded: see decision 31. */
export async function beginEarly(
  { database, sources }: Pick<Config, 'database' | 'sources'>,
  cacheDir: string,
  force: boolean,
): Promise<Begun> {
  const sockets = knock(database, CONNECTIONS);
  const { askSources } = await import('../sources/ask-sources.js');
  const asked = askSources(sources, cacheDir, force);
  await delay(HEAD_START_MS);
  return { sockets, ...asked };
}
