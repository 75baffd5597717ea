import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../src/config.js';
import { GdpMethod } from '../../src/countries/gdp.js';
import { opened } from '../../src/db/opening.js';
import { rehearse } from '../../src/refresh/rehearse.js';
import { RefreshProgress } from '../../src/refresh/report.js';
import { readStored } from '../../src/refresh/repository.js';
import { AnswerMemory } from '../../src/sources/response-cache.js';
import { createSources, type Sources } from '../../src/sources/sources.js';
import { describeEachDatabase, type TestDatabase } from '../databases.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher, sourceSettings } from './refresher.js';
import { dataIn } from './tables.js';

describeEachDatabase((open) => {
  describe('a rehearsal', () => {
    let upstream: Upstream;
    let testDatabase: TestDatabase;

    beforeAll(async () => {
      upstream = await startUpstream();
    });
    beforeEach(async () => {
      upstream.restore();
      testDatabase = await open();
    });
    afterAll(() => upstream.close());

    /** As in a new process, which knows what the database remembers. */
    async function rehearsed(signal = new AbortController().signal) {
      const { database } = testDatabase;
      const memory = new AnswerMemory();
      await memory.load(database);
      const sources: Sources = createSources(readConfig(sourceSettings(upstream)).sources, memory);
      const random = vi.fn(() => 0.5);
      const parts = { database, sources, gdpMethod: GdpMethod.MULTIPLIER, random, batchSize: 100 };
      const { report } = RefreshProgress.begin({ dryRun: false, startedBy: 'test' }, () => undefined);
      const rehearsing = rehearse(
        { ...parts, opening: opened, isRehearsed: true },
        await readStored(database),
        report,
        signal,
      );
      await rehearsing.finally(() => sources.close());
      return random;
    }

    async function refreshed() {
      const refresher = await createRefresher(testDatabase.database, upstream);
      await refresher.start().done;
      await refresher.drawn();
      await refresher.close();
    }

    it('goes through the answers of last time, asks nobody and changes nothing', async () => {
      await refreshed();
      const before = await dataIn(testDatabase.database);
      const asked = upstream.requests('restcountries-v3').length;
      const random = await rehearsed();
      expect(random.mock.calls.length).toBeGreaterThan(before.countries.length);
      expect(upstream.requests('restcountries-v3')).toHaveLength(asked);
      expect(await dataIn(testDatabase.database)).toEqual(before);
    });

    it('is none where nothing is remembered', async () => {
      await expect(rehearsed()).rejects.toMatchObject({ code: 'EXTERNAL_SOURCE_UNAVAILABLE' });
    });

    it('ends with the signal', async () => {
      await refreshed();
      const reason = new Error('the sources have answered');
      await expect(rehearsed(AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
});
