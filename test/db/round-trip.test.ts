import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.js';
import type { CountryRow, ExchangeRateRow } from '../../src/db/tables.js';
import { toIso, toStored } from '../../src/db/tables.js';
import { describeEachDatabase } from '../databases.js';
import { runs } from '../runs.js';
import { codes, countryRow, rateRow } from './rows.js';

// Nothing may depend on the time zone of the process, such as this one of 12:45 or 13:45 hours.
process.env.TZ = 'Pacific/Chatham';

describe('a value comes back from the database as it was written:', () => {
  describeEachDatabase((open) => {
    let database: Database;
    beforeAll(async () => {
      database = (await open()).database;
    });

    it('rates, to the last digit', async () => {
      const doubles = fc.array(fc.double({ min: 1e-12, max: 1e15, noNaN: true }), manyValues);
      await fc.assert(
        fc.asyncProperty(doubles, async (values) => {
          const rows = values.map((rate, index) => rateRow(codes(676)[index] ?? '', rate));
          await writeRates(rows);
          const stored = await database.kysely
            .selectFrom('exchange_rates')
            .select('rate')
            .orderBy('currency_code')
            .limit(values.length)
            .execute();
          expect(stored.map((row) => row.rate)).toEqual(values);
        }),
        { numRuns: runs(30) },
      );
    });

    it('rates as long as those of real sources, to the last digit', async () => {
      // Sixteen digits and a point: too many for a parser that reads them as one integer.
      const values = [9.233388254473185, 91629722.41845277, 0.9233388254473185, 1 / 3, 5e-324, 1.7976931348623157e308];
      const rows = values.map((rate, index) => rateRow(codes(676)[index] ?? '', rate));
      await writeRates(rows);
      const stored = await database.kysely
        .selectFrom('exchange_rates')
        .select('rate')
        .orderBy('currency_code')
        .limit(values.length)
        .execute();
      expect(stored.map((row) => row.rate)).toEqual(values);
    });

    it('populations to 2^53, moments to the millisecond, and text of any characters', async () => {
      const country = fc.record({
        population: fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
        last_refreshed_at: fc
          .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
          .map(toStored),
        name: fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.constantFrom(...awkwardNames)).map(storable),
        estimated_gdp: fc.option(fc.double({ min: 0, max: 1e15, noNaN: true })),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(country, manyValues), async (values) => {
          const rows = values.map((value, index) => countryRow(codes(676)[index] ?? '', value));
          await writeCountries(rows);
          const stored = await database.kysely
            .selectFrom('countries')
            .selectAll()
            .orderBy('code')
            .limit(rows.length)
            .execute();
          expect(stored).toEqual(rows);
        }),
        { numRuns: runs(30) },
      );
    });

    it('awkward names, found by themselves and by nothing else', async () => {
      const rows = codes(awkwardNames.length).map((code, index) =>
        countryRow(code, { name: awkwardNames[index] ?? '' }),
      );
      await database.kysely.deleteFrom('countries').execute();
      await writeCountries(rows);
      for (const row of rows) {
        const found = await database.kysely
          .selectFrom('countries')
          .select(['code', 'name'])
          .where('name', '=', row.name)
          .execute();
        expect(found).toEqual([{ code: row.code, name: row.name }]);
      }
    });

    it('names in the order of their code points', async () => {
      const names = ['Z', 'a', 'ab', 'b', 'z', 'Å', 'å', 'ﬀ', '🇨🇮'];
      const rows = codes(names.length).map((code, index) => countryRow(code, { name: names[index] ?? '' }));
      await database.kysely.deleteFrom('countries').execute();
      await writeCountries(rows.toReversed());
      const stored = await database.kysely.selectFrom('countries').select('name').orderBy('name').execute();
      expect(stored.map((row) => row.name)).toEqual(names);
    });

    it('a moment of the process, whatever its zone', async () => {
      const now = new Date();
      expect([-765, -825]).toContain(now.getTimezoneOffset());
      const row = countryRow('NZ', { last_refreshed_at: toStored(now) });
      await writeCountries([row]);
      const stored = await database.kysely
        .selectFrom('countries')
        .select('last_refreshed_at')
        .where('code', '=', 'NZ')
        .executeTakeFirstOrThrow();
      expect(toIso(stored.last_refreshed_at)).toBe(now.toISOString());
    });

    it('sums and counts, as numbers', async () => {
      await database.kysely.deleteFrom('countries').execute();
      const rows = ['AA', 'AB'].map((code) => countryRow(code, { population: 4_000_000_000 }));
      await writeCountries(rows);
      const totals = await database.kysely
        .selectFrom('countries')
        .select((eb) => [eb.fn.countAll().as('count'), eb.fn.sum('population').as('population')])
        .executeTakeFirstOrThrow();
      expect(totals).toEqual({ count: 2, population: 8_000_000_000 });
    });

    const writeCountries = (rows: CountryRow[]) =>
      database.writeAtomically(database.upsert('countries', rows, ['code'], 100));

    const writeRates = (rows: ExchangeRateRow[]) =>
      database.writeAtomically(database.upsert('exchange_rates', rows, ['currency_code', 'observed_on'], 100));
  });
});

const manyValues = { minLength: 1, maxLength: 100, size: 'max' } as const;

const awkwardNames = [
  "O'Brien \\' ; DROP TABLE countries; -- 🇨🇮",
  'C:\\new\\table\\',
  '"double" `back` %percent_ ?mark :name',
  '\u200bzero\u200dwidth\ufeff',
  '\u202eright to left\u202c جمهورية',
  'Åland',
  'Åland'.normalize('NFD'),
  'Aland',
  'aland',
  'line\nbreak\ttab\r\u001a\b',
  '👩‍👩‍👧‍👦',
];

/** Without what no source may deliver: NUL, and blanks at the ends. */
function storable(text: string): string {
  return text.replaceAll('\0', '').trim();
}
