import { describe, expect, it } from 'vitest';
import { referenceFacts } from '../../src/countries/reference.js';
import { currenciesOn, isWithdrawn, tenderChanges, tenderDates, tenderOn } from '../../src/countries/tender.js';
import { isCurrencyCode, isoStatus } from '../../src/currencies/currency-codes.js';
import { cldrTender } from '../cldr.js';

const countries = [...referenceFacts().keys()];
const today = new Date().toISOString().slice(0, 10);

describe('the legal tender', () => {
  it.each(['1999-06-30', '2001-12-31', '2025-12-31', '2026-01-01', '2026-02-01', today])(
    'of every country on %s is what CLDR says',
    (day) => {
      for (const code of countries) expect(tenderOn(code, day) ?? undefined, code).toEqual(cldrTender(code, day));
    },
  );

  it('is known for every country today, except Antarctica', () => {
    expect(countries.filter((code) => !tenderOn(code, today)?.length)).toEqual(['AQ']);
  });

  it('has codes that sources and rates may have', () => {
    const codes = new Set(countries.flatMap((code) => tenderOn(code, today) ?? []));
    expect([...codes].filter((code) => !isCurrencyCode(code))).toEqual([]);
    expect([...codes].filter((code) => isoStatus(code, isWithdrawn(code, today)) !== 'CURRENT')).toEqual([]);
  });

  it.each([
    ['BG', '2025-12-31', ['BGN']],
    ['BG', '2026-01-31', ['EUR', 'BGN']],
    ['BG', '2026-02-01', ['EUR']],
    ['DE', '2002-02-28', ['EUR', 'DEM']],
    ['HR', '2023-01-15', ['EUR']],
    ['PS', '2026-01-01', ['ILS', 'JOD']],
    ['PS', '1960-01-01', ['JOD']],
    ['CH', '1700-01-01', []],
    ['AQ', '2026-01-01', null],
    ['QQ', '2026-01-01', null],
  ])('of %s on %s is %o', (country, day, codes) => {
    expect(tenderOn(country, day)).toEqual(codes);
  });
});

describe('a currency', () => {
  it.each([
    ['BGN', '1999-07-05', '2026-01-31', 'EUR'],
    ['SLL', '1964-08-04', '2023-12-31', 'SLE'],
    ['ANG', expect.any(String), '2025-06-30', 'XCG'],
    ['ZWL', '2009-02-02', '2024-08-31', 'ZWG'],
    ['CUC', '1994-01-01', '2021-06-01', 'CUP'],
    ['DEM', '1948-06-20', '2002-05-15', 'EUR'],
    ['EUR', '1999-01-01', null, null],
    ['CHF', '1799-03-17', null, null],
    // Serbia got the Serbian dinar, Montenegro the euro.
    ['YUM', '1994-01-24', '2002-05-15', null],
    ['XDR', null, null, null],
    ['QQQ', null, null, null],
  ])('%s is legal tender from %s to %s, and then %s', (code, validFrom, validTo, successorCode) => {
    expect(tenderDates(code)).toEqual({ validFrom, validTo, successorCode });
  });

  it('is withdrawn from the day after its last', () => {
    expect([isWithdrawn('BGN', '2026-01-31'), isWithdrawn('BGN', '2026-02-01')]).toEqual([false, true]);
    expect(['EUR', 'XDR', 'FOK'].filter((code) => isWithdrawn(code, '2999-12-31'))).toEqual([]);
  });

  it('is followed by one that is legal tender the next day, where all countries agree', () => {
    const ended = currenciesOn(today, []).filter(({ validTo }) => validTo !== null);
    expect(ended.length).toBeGreaterThan(100);
    for (const { code, validTo, successorCode } of ended) {
      if (successorCode !== null) expect(isWithdrawn(successorCode, validTo as string), code).toBe(false);
    }
  });
});

describe('the changes of legal tender', () => {
  it('are counted at the start of a day in UTC', () => {
    const at = (time: string) => tenderChanges(Date.parse(time));
    expect(at('2026-01-01T00:00:00Z')).toBe(at('2025-12-31T23:59:59.999Z') + 1);
    expect(at('2026-01-31T23:59:59.999Z')).toBe(at('2026-01-01T00:00:00Z'));
    expect(at('2026-02-01T00:00:00Z')).toBe(at('2026-01-31T00:00:00Z') + 1);
    expect(at('0001-01-01T00:00:00Z')).toBe(0);
  });
});
