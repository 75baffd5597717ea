import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { settings, startApp, type TestApp } from '../app.js';
import { runChild } from '../child.js';
import { DeleteCountryDocument, RefreshCountriesDocument } from '../client/generated/graphql.js';
import { describeMostDatabases } from '../databases.js';
import { program } from '../programs.js';

const COMMAND_LINE = program('cli');

describe('GET /countries/image', () => {
  describeMostDatabases((open) => {
    let folder: string;
    let url: string;
    let servers: [TestApp, TestApp];
    beforeAll(async () => {
      folder = await mkdtemp(join(inject('testFolder'), 'image-'));
      ({ url } = await open());
      servers = [
        await startApp(url, { CACHE_DIR: join(folder, 'one') }),
        await startApp(url, { CACHE_DIR: join(folder, 'other') }),
      ];
    });
    afterAll(async () => {
      for (const server of servers) await server.close();
    });

    const picture = async (server: TestApp) => {
      const response = await fetch(`${server.url}/countries/image`);
      await response.arrayBuffer();
      return { status: response.status, tag: response.headers.get('etag') };
    };
    const tagOf = async (server: TestApp) => (await picture(server)).tag;

    it('waits for the drawing right after a refresh, on every server', async () => {
      const [one, other] = servers;
      expect(await Promise.all(servers.map(async (server) => (await picture(server)).status))).toEqual([404, 404]);
      await one.query(RefreshCountriesDocument);
      expect((await picture(one)).status).toBe(200);
      // It notices the data of another process within a second.
      await sleep(1_000);
      expect((await picture(other)).status).toBe(200);
    });

    it('is drawn once for simultaneous requests', async () => {
      const [one] = servers;
      await one.query(RefreshCountriesDocument);
      const tags = await Promise.all([1, 2, 3].map(() => tagOf(one)));
      expect(new Set(tags).size).toBe(1);
    });

    it.each([
      ['another server', async () => void (await servers[1].query(RefreshCountriesDocument))],
      [
        'the command line',
        async () => {
          const [{ upstream }] = servers;
          const env = settings(upstream, url, { CACHE_DIR: join(folder, 'command') });
          expect((await runChild(COMMAND_LINE, ['refresh'], env)).exitCode).toBe(0);
        },
      ],
      ['a deletion', async () => void (await servers[1].query(DeleteCountryDocument, { code: 'CH' }))],
    ])('is a new one within 2 s of being requested after %s has changed the data', async (_, change) => {
      const before = await Promise.all(servers.map(tagOf));
      await change();
      for (const [at, server] of servers.entries()) {
        await expect.poll(() => tagOf(server), { timeout: 2_000, interval: 100 }).not.toBe(before[at]);
      }
    });

    it('is drawn again where its folder was emptied', async () => {
      const [one] = servers;
      await rm(join(folder, 'one'), { recursive: true });
      expect((await picture(one)).status).toBe(200);
      expect(await readdir(join(folder, 'one'))).toEqual([expect.stringMatching(/^summary-.*\.png$/)]);
    });
  });
});
