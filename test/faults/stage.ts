import { join } from 'node:path';
import { expect } from 'vitest';
import type { Database } from '../../src/db/database.js';
import type { Environment } from '../../src/env.js';
import { AppError } from '../../src/errors.js';
import { RefreshState } from '../../src/refresh/phases.js';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import type { Refresh } from '../../src/refresh/refresh.type.js';
import { createPictureStore } from '../../src/summary/image-store.js';
import type { TestDatabase } from '../databases.js';
import { createRefresher, type RefresherOptions } from '../refresh/refresher.js';
import { dataIn } from '../refresh/tables.js';
import type { Upstream } from '../upstream/upstream.js';
import type { Fault, Outcome, Stage } from './fault.js';
import type { SmallDisk } from './small-disk.js';
import { expectNoMore, settled, type Traces, tracesOf } from './traces.js';

/** Short, so that the dead are not waited for long. */
const TIMES = { expiryMs: 1_500, beatMs: 100, pollMs: 50 };

export interface AttemptOptions {
  env?: Environment;
  options?: RefresherOptions;
  database?: Database;
}

export interface Attempt {
  refreshes: RefreshService;
  /** Starts it, waits for its end, and says what the user saw. */
  outcome(): Promise<Outcome>;
}

/** Each round has figures of its own, so that it shows in the tables whose they are. */
let round = 0;

/** Runs a fault, and checks what must hold after every one of them. Returns what was seen. */
export async function play(fault: Fault, { traces, ...scene }: Scene): Promise<Played> {
  const { upstream, testDatabase, folder } = scene;
  const { database } = testDatabase;
  const before = await dataIn(database);
  const marker = newFigures(upstream);
  const hit = openStage(scene);
  const saw = await fault.hit(hit.stage);
  await hit.close();
  const data = await found(database, before, marker);
  upstream.restore();
  await refreshOnce(scene);
  await expectNothingLeft(database);
  await expectNoMore(traces, () => tracesOf(database, folder));
  return { saw, data };
}

/** Where faults are played. */
export interface Scene extends Place {
  /** What there is while nothing happens. */
  traces: Traces;
}

interface Place {
  upstream: Upstream;
  testDatabase: TestDatabase;
  /** Of this scene alone: all that is temporary is made in it. */
  folder: string;
  disk?: SmallDisk;
}

/** Everything has been done once, so that all stands there that is to stay. */
export async function setScene(place: Place): Promise<Scene> {
  await refreshOnce(place);
  const look = () => tracesOf(place.testDatabase.database, place.folder);
  return { ...place, traces: await settled(look) };
}

/** The next refresh, by whoever comes next: it waits for nobody and succeeds. */
async function refreshOnce(scene: Place): Promise<void> {
  newFigures(scene.upstream);
  const { stage, close } = openStage(scene);
  const { refreshes } = await stage.attempt();
  expect(await refreshes.start().done).toMatchObject({ state: RefreshState.SUCCEEDED, joined: false });
  await refreshes.drawn();
  await close();
}

function openStage({ upstream, testDatabase, folder, disk }: Place): {
  stage: Stage;
  close(): Promise<void>;
} {
  const cacheDir = join(folder, 'cache');
  const opened: { close(): Promise<void> }[] = [];
  const draw = () => createPictureStore(cacheDir).write('1', Buffer.from('a picture'));
  const connect: Stage['connect'] = async (options) => {
    const database = await testDatabase.connect(options);
    opened.unshift(database);
    return database;
  };
  const attempt: Stage['attempt'] = async ({ env = {}, options = {}, database } = {}) => {
    const own = database ?? (await connect());
    const refreshes = await createRefresher(own, upstream, env, { times: TIMES, draw, ...options });
    opened.unshift(refreshes);
    return { refreshes, outcome: () => outcomeOf(refreshes) };
  };
  const close = async () => {
    for (const one of opened) await one.close();
  };
  return { stage: { upstream, testDatabase, cacheDir, connect, attempt, ...(disk ? { disk } : {}) }, close };
}

export interface Played {
  saw: Outcome;
  data: 'before' | 'after';
}

function newFigures({ facts }: Upstream) {
  round += 1;
  const day = new Date(Date.UTC(2020, 0, round)).toISOString().slice(0, 10);
  facts.ratesOn = day;
  facts.rates.EUR = 0.9 + (round % 50) / 1000;
  for (const country of facts.countries) country.population = 1_000_000 + round;
  return { day, population: 1_000_000 + round };
}

export async function outcomeOf(refreshes: RefreshService): Promise<Outcome> {
  return refreshes
    .start()
    .done.then(successful)
    .catch((error) => failed(error));
}

export function successful({ warnings, joined }: Pick<Refresh, 'warnings' | 'joined'>): Outcome {
  // Some sources always list other currencies than the legal tender.
  const codes = [...new Set(warnings.map(({ code }) => code))].filter((code) => code !== 'CURRENCY_DIFFERS').sort();
  const notes = [...(joined ? ['joined'] : []), ...codes];
  return `SUCCEEDED${notes.length > 0 ? `, ${notes.join(', ')}` : ''}`;
}

export function failed(error: unknown): Outcome {
  if (!(error instanceof AppError)) return `INTERNAL_SERVER_ERROR: ${String(error)}`;
  return `${error.code}: ${error.details ?? error.message}`;
}

/** The tables of before, or those of after; anything between would be the end of this product. */
async function found(
  database: Database,
  before: Awaited<ReturnType<typeof dataIn>>,
  { day, population }: ReturnType<typeof newFigures>,
): Promise<Played['data']> {
  const now = await dataIn(database);
  const rewritten = now.countries.filter((row) => row.population === population).length;
  const newRates = now.rates.filter((row) => row.observed_on === day).length;
  if (rewritten === 0 && newRates === 0) {
    expect(now).toEqual(before);
    return 'before';
  }
  expect({ rewritten, newRates }).toEqual({
    rewritten: expect.toSatisfy((count: number) => count >= 249),
    newRates: expect.toSatisfy((count: number) => count >= 150 || count === 0),
  });
  const times = new Set(
    now.countries.filter((row) => row.population === population).map((row) => row.last_refreshed_at),
  );
  expect(times.size).toBe(1);
  return 'after';
}

/** The lease is free, and nobody is refreshing. */
async function expectNothingLeft({ kysely }: Database): Promise<void> {
  const lease = await kysely.selectFrom('refresh_lease').select('holder').executeTakeFirst();
  expect(lease).toEqual({ holder: '' });
  const running = await kysely.selectFrom('refreshes').select('id').where('state', '=', RefreshState.RUNNING).execute();
  expect(running).toEqual([]);
}
