import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { RefreshService } from '../../src/refresh/refresh.service.js';
import type { Refresh } from '../../src/refresh/refresh.type.js';
import { isPartial } from '../../src/refresh/report.js';
import { describeOneDatabase, type TestDatabase } from '../databases.js';
import { countryFact } from '../upstream/facts.js';
import * as faults from '../upstream/faults.js';
import { each, serveVersions, timesAsked } from '../upstream/politeness.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';
import { createRefresher } from './refresher.js';

describeOneDatabase('sqlite', (open) => {
  let upstream: Upstream;
  let testDatabase: TestDatabase;
  let cacheDir: string;
  const services: RefreshService[] = [];
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });

  const refresher = async (env: Record<string, string> = {}) => {
    const settings = { CACHE_DIR: cacheDir, ...env };
    const service = await createRefresher(testDatabase.database, upstream, settings, { logger });
    services.push(service);
    return service;
  };
  /** It knows what is in the cache's folder, and nothing else. */
  const refreshInNextProcess = async () => {
    const service = await refresher();
    const report = await service.start().done;
    await service.drawn();
    return report;
  };

  beforeAll(async () => {
    upstream = await startUpstream();
  });
  beforeEach(async () => {
    upstream.restore();
    logged.length = 0;
    testDatabase = await open();
    cacheDir = await mkdtemp(join(inject('testFolder'), 'politeness-'));
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.close()));
  });
  afterAll(() => upstream.close());

  const reused = ({ sources }: Refresh) => sources.filter((use) => use.reused).map(({ provides }) => provides);

  describe('a refresh asks for no more than it needs:', () => {
    const both = ['COUNTRIES', 'RATES', 'GDP'];

    it('an answer that is still the newest is not sent again', async () => {
      serveVersions(upstream);
      const refreshes = await refresher();
      expect(reused(await refreshes.start().done)).toEqual([]);
      const second = await refreshes.start().done;
      expect(reused(second)).toEqual(both);
      expect(second).toMatchObject({ received: 250, unchanged: 250, rejected: 0 });
    });

    it('another process knows what the first was sent', async () => {
      serveVersions(upstream);
      await refreshInNextProcess();
      expect(reused(await refreshInNextProcess())).toEqual(both);
    });

    it.each([
      ['missing', (file: string) => rm(file)],
      ['empty', (file: string) => writeFile(file, '')],
      ['cut', async (file: string) => truncate(file, (await stat(file)).size - 9)],
      ['not compressed', (file: string) => writeFile(file, '{"etag":null,"lastModified":null,"body":[]}')],
      ['not JSON', (file: string) => writeFile(file, gzipSync('{"answers":{"'))],
      ['of another shape', (file: string) => writeFile(file, gzipSync('[1]'))],
      ['null', (file: string) => writeFile(file, gzipSync('null'))],
      ['too large', (file: string) => truncate(file, 30_000_000)],
    ])('everything where the cached files are %s, which are then rewritten', async (_, spoil) => {
      serveVersions(upstream);
      const cached = join(cacheDir, 'sources');
      await refreshInNextProcess();
      const files = await readdir(cached);
      expect(files).toHaveLength(3);
      for (const file of files) await spoil(join(cached, file));
      const second = await refreshInNextProcess();
      expect(second).toMatchObject({ unchanged: 250, rejected: 0 });
      expect(isPartial(second)).toBe(false);
      expect(timesAsked(upstream)).toEqual(each(2, 0));
      expect(await readdir(cached)).toEqual(files);
      expect(reused(await refreshInNextProcess())).toEqual(both);
      expect(timesAsked(upstream)).toEqual(each(3, 1));
      expect(logged).toEqual([]);
    });

    it('what has changed is sent and stored', async () => {
      serveVersions(upstream);
      const refreshes = await refresher();
      await refreshes.start().done;
      countryFact(upstream.facts, 'CH').population = 9_000_001;
      const second = await refreshes.start().done;
      expect(reused(second)).toEqual(['RATES', 'GDP']);
      expect(second).toMatchObject({ updated: 1, unchanged: 249 });
    });

    it('with force everything is asked for', async () => {
      serveVersions(upstream);
      const refreshes = await refresher();
      await refreshes.start().done;
      expect(reused(await refreshes.start({ force: true }).done)).toEqual([]);
      expect(upstream.requests('currency-api').at(-1)?.headers['if-none-match']).toBeUndefined();
    });

    it('an answer that could not be used is not cached', async () => {
      const refreshes = await refresher();
      await refreshes.start().done;
      upstream.answer('currency-api', faults.body({ usd: {} }, { etag: '"broken"' }), faults.good());
      await expect(refreshes.start().done).rejects.toThrow();
      await refreshes.start().done;
      expect(upstream.requests('currency-api').at(-1)?.headers['if-none-match']).not.toBe('"broken"');
    });

    it('rates are not asked for before the source has new ones, unless forced', async () => {
      upstream.facts.ratesOn = new Date().toISOString().slice(0, 10);
      const refreshes = await refresher({
        RATES_SOURCE: 'open-er-api',
        RATES_URL: upstream.urls['open-er-api'],
      });
      await refreshes.start().done;
      const second = await refreshes.start().done;
      expect(reused(second)).toEqual(['RATES']);
      expect(second.unchanged).toBe(250);
      expect(upstream.requests('open-er-api')).toHaveLength(1);
      await refreshes.start({ force: true }).done;
      expect(upstream.requests('open-er-api')).toHaveLength(2);
    });

    it('rates are asked for when the next ones are due', async () => {
      const refreshes = await refresher({
        RATES_SOURCE: 'open-er-api',
        RATES_URL: upstream.urls['open-er-api'],
      });
      await refreshes.start().done;
      await refreshes.start().done;
      expect(upstream.requests('open-er-api')).toHaveLength(2);
    });
  });

  describe('of several sources', () => {
    const two = () => ({
      COUNTRIES_SOURCE: 'csc,restcountries-v3',
      COUNTRIES_URL: `${upstream.urls.csc},${upstream.urls['restcountries-v3']}`,
      RATES_SOURCE: 'open-er-api, currency-api',
      RATES_URL: `${upstream.urls['open-er-api']},${upstream.urls['currency-api']}`,
    });
    const asked = ({ sources }: Refresh) => sources.map(({ source }) => source).slice(0, 2);

    it('the first alone is asked when it has an answer', async () => {
      expect(asked(await (await refresher(two())).start().done)).toEqual(['csc', 'open-er-api']);
      expect(upstream.requests('restcountries-v3')).toHaveLength(0);
    });

    it('the next is asked when one fails, and a warning says so', async () => {
      upstream.answer('csc', faults.errorUnder200());
      upstream.answer('open-er-api', faults.status(404));
      const report = await (await refresher(two())).start().done;
      expect(asked(report)).toEqual(['restcountries-v3', 'currency-api']);
      const messages = report.warnings.filter(({ code }) => code === 'SOURCE_UNAVAILABLE');
      expect(messages.map(({ message }) => message)).toEqual([
        expect.stringMatching(/from csc: the source has closed this API: .*; restcountries-v3 was asked instead$/),
        expect.stringMatching(/from open-er-api: HTTP 404 .*; currency-api was asked instead$/),
      ]);
    });

    it('one that never answers leaves the others their share of the time', async () => {
      upstream.answer('csc', faults.silence());
      const service = await refresher({ ...two(), API_TIMEOUT: '6' });
      const report = await service.start().done;
      expect(asked(report)).toEqual(['restcountries-v3', 'open-er-api']);
      expect(report.warnings[0]?.message).toMatch(/csc: no complete answer within 3 s/);
    });

    it('the failure of all names each with its reason', async () => {
      const service = await refresher(two());
      await service.start().done;
      upstream.answer('csc', faults.status(404));
      upstream.answer('restcountries-v3', faults.html());
      await expect(service.start().done).rejects.toMatchObject({
        details: expect.stringMatching(
          /^Could not fetch data from csc, restcountries-v3: csc: HTTP 404 .*; restcountries-v3: answered "text\/html"/,
        ),
      });
    });
  });
});
