import { setTimeout as delay } from 'node:timers/promises';
import type { KyselyPlugin } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { CountryService } from '../../src/countries/country.service.js';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import type { Database } from '../../src/db/database.js';
import { bundledDatabase } from '../bundled.js';
import { describeEachDatabase, type TestDatabase } from '../databases.js';

describe('the snapshot', () => {
  describeEachDatabase((open) => {
    let database: Database;
    let connect: TestDatabase['connect'];
    let snapshots: SnapshotCache;
    let reads: Reads;
    beforeEach(async () => {
      ({ database, connect } = await open());
      await bundledDatabase(database);
      reads = new Reads();
      snapshots = new SnapshotCache({ ...database, kysely: database.kysely.withPlugin(reads) });
    });

    const rename = ({ kysely }: Database, code: string, name: string) =>
      kysely.updateTable('countries').set({ name }).where('code', '=', code);
    const nameOf = async (code: string, from: Pick<SnapshotCache, 'current'> = snapshots) =>
      (await from.current()).byCode.get(code)?.englishName;

    it('is read once for all who need it at the same time, and kept', async () => {
      const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => snapshots.current()));
      expect(new Set([first, ...others, await snapshots.current()]).size).toBe(1);
      expect(reads.count).toBe(STATEMENTS);
    });

    it('is read again after each write by this process, at once', async () => {
      await snapshots.current();
      await database.writeAtomically([rename(database, 'CH', 'Helvetia')]);
      expect(await nameOf('CH')).toBe('Helvetia');
      const countries = new CountryService(snapshots);
      await countries.delete({ code: 'CH' }, true);
      expect(await countries.find({ code: 'CH' })).toBeNull();
      expect(await countries.removed()).toMatchObject([{ code: 'CH', name: 'Helvetia' }]);
      await countries.restore('CH');
      expect(await countries.removed()).toEqual([]);
    });

    it('has the writes of another process within a second, and at once for a deletion', async () => {
      await snapshots.current();
      const other = await connect();
      await other.writeAtomically([rename(other, 'CH', 'Helvetia')]);
      expect(await new CountryService(snapshots).delete({ code: 'CH' })).toMatchObject({
        englishName: 'Helvetia',
      });
      await other.writeAtomically([rename(other, 'FR', 'Gallia')]);
      await delay(1_000);
      expect(await nameOf('FR')).toBe('Gallia');
    });

    it('stays the same for a request, whatever is written meanwhile', async () => {
      const pinned = snapshots.pinned();
      const before = await pinned.current();
      await database.writeAtomically([rename(database, 'CH', 'Helvetia')]);
      expect(await pinned.current()).toBe(before);
      expect(await nameOf('CH', snapshots.pinned())).toBe('Helvetia');
      // Except for a mutation, which goes on with what it has written.
      await new CountryService(pinned).delete({ code: 'FR' });
      expect(await nameOf('CH', pinned)).toBe('Helvetia');
    });

    it('is never a mix of two versions', async () => {
      const other = await connect();
      // Another process commits while the first attempt is between two reads.
      reads.onFirst = () =>
        other.writeAtomically([
          rename(other, 'CH', 'Helvetia'),
          other.kysely.deleteFrom('exchange_rates').where('currency_code', '=', 'CHF'),
        ]);
      const { byCode } = await snapshots.current();
      expect(byCode.get('CH')).toMatchObject({ englishName: 'Helvetia', exchangeRate: null });
      expect(reads.count).toBe(2 * STATEMENTS);
    });

    it('is not kept when reading it fails', async () => {
      reads.onFirst = async () => {
        throw new Error('no connection');
      };
      await expect(Promise.all([snapshots.current(), snapshots.current()])).rejects.toThrow('no connection');
      expect(await nameOf('CH')).toBe('Switzerland');
    });

    it('cannot be changed by its users', async () => {
      const { countries } = await snapshots.current();
      expect(() => Object.assign(countries[0] ?? {}, { code: 'XX' })).toThrow(TypeError);
      expect(() => (countries as unknown[]).pop()).toThrow(TypeError);
    });
  });
});

/** Countries, links, currencies, last rates, removed countries and the last refresh. */
const STATEMENTS = 6;

/** Counts reads, and does something before the result of the first is passed on. */
class Reads implements KyselyPlugin {
  count = 0;
  onFirst: () => Promise<void> = async () => undefined;

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    this.count += 1;
    return node;
  };

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => {
    const { onFirst } = this;
    this.onFirst = async () => undefined;
    await onFirst();
    return result;
  };
}
