import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { isCurrencyCode, isoStatus, minorUnit, numericCode } from '../../src/currencies/currency-codes.js';

const cldr = (name: string) => createRequire(import.meta.url)(`cldr-core/supplemental/${name}.json`).supplemental[name];
const capitals = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const ours = capitals.flatMap((a) => capitals.flatMap((b) => capitals.map((c) => a + b + c))).filter(isCurrencyCode);

describe('the list of ISO 4217', () => {
  test('agrees with Unicode CLDR on numeric codes, where CLDR has one', () => {
    const mappings = cldr('codeMappings') as Record<string, { _numeric?: string } | undefined>;
    const iso = ours.filter((code) => isoStatus(code, false) !== 'NON_ISO');
    const known = iso.filter((code) => mappings[code]?._numeric !== undefined);
    expect(known.length).toBeGreaterThan(150);
    expect(known.map(numericCode)).toEqual(known.map((code) => mappings[code]?._numeric?.padStart(3, '0')));
  });

  test('agrees with Unicode CLDR on minor units, except those that CLDR leaves out because no one pays in them', () => {
    const { fractions } = cldr('currencyData') as { fractions: Record<string, { _digits: string } | undefined> };
    const differing = ours.filter(
      (code) => minorUnit(code) !== Number((fractions[code] ?? fractions.DEFAULT)?._digits),
    );
    expect(differing.join(' ')).toBe('AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK MRO PKR SLL SOS STD SYP YER');
    for (const code of differing) expect(fractions[code]?._digits).toBe('0');
  });

  test('contains the legal tender of today', () => {
    const { region } = cldr('currencyData') as { region: Record<string, Record<string, Record<string, string>>[]> };
    const today = new Date().toISOString().slice(0, 10);
    const current = Object.values(region)
      .flatMap((entries) => entries.flatMap((entry) => Object.entries(entry)))
      .filter(([, { _from = '9999', _to = '9999', _tender }]) => _tender !== 'false' && _from <= today && today < _to)
      .map(([code]) => code);
    expect([...new Set(current)].filter((code) => !isCurrencyCode(code))).toEqual([]);
  });

  test('has one numeric code for each currency, except those that were renamed', () => {
    const numbers = ours.map(numericCode).filter((number) => number !== null);
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual(['532']);
    for (const number of numbers) expect(number).toMatch(/^\d{3}$/);
  });
});

describe('a code stands for a currency', () => {
  test.each(['USD', 'EUR', 'XOF', 'XCD', 'ZWG', 'SLE', 'VES', 'MRU'])('when it is current: %s', (code) => {
    expect(isCurrencyCode(code)).toBe(true);
    expect(isoStatus(code, false)).toBe('CURRENT');
  });

  test('when it was introduced in 2025', () => {
    expect(isCurrencyCode('XCG')).toBe(true);
    expect(isoStatus('XCG', false)).toBe('CURRENT');
  });

  test('when it is the unit of the International Monetary Fund', () => {
    expect(isCurrencyCode('XDR')).toBe(true);
    expect(isoStatus('XDR', false)).toBe('CURRENT');
  });

  test.each(['ANG', 'BGN', 'BYR', 'CUC', 'HRK', 'MRO', 'SLL', 'STD', 'VEF', 'ZWL'])(
    'when it is withdrawn but still sent: %s',
    (code) => {
      expect(isCurrencyCode(code)).toBe(true);
      expect(isoStatus(code, true)).toBe('HISTORIC');
    },
  );

  test.each(['FOK', 'GGP', 'IMP', 'JEP', 'KID', 'TVD', 'CKD', 'CNH'])(
    'when it is known outside ISO 4217: %s',
    (code) => {
      expect(isCurrencyCode(code)).toBe(true);
      expect(isoStatus(code, false)).toBe('NON_ISO');
    },
  );
});

describe('a code stands for no currency', () => {
  test.each([
    ['cryptocurrencies', ['BTC', 'XBT', 'ETH', 'USDT', '1INCH', 'DOGE']],
    ['metals', ['XAU', 'XAG', 'XPT', 'XPD']],
    ['the money of the past', ['DEM', 'FRF', 'ITL', 'EEK', 'GHC', 'TRL']],
    ['funds and units of account', ['CLF', 'MXV', 'UYW', 'BOV', 'CHE', 'XSU', 'XUA', 'SVC', 'VED']],
    ['test codes', ['XTS', 'XXX']],
    ['inventions', ['AAD', 'PND', 'ZZZ']],
    ['malformed codes', ['', 'usd', 'IMP[G]', '(none)', '__proto__', 'constructor', 'toString']],
  ])('%s', (_, codes) => {
    expect(codes.filter(isCurrencyCode)).toEqual([]);
  });
});

describe('the minor unit', () => {
  test.each([
    ['USD', 2],
    ['HUF', 2],
    ['MGA', 2],
    ['JPY', 0],
    ['ISK', 0],
    ['UGX', 0],
    ['KRW', 0],
    ['XOF', 0],
    ['CLP', 0],
    ['ITL', 0],
    ['DEM', 2],
    ['IQD', 3],
    ['KWD', 3],
    ['XCG', 2],
    ['BYR', 0],
    ['HRK', 2],
    ['GGP', 2],
    ['XDR', 2],
    ['ZZZ', 2],
  ])('of %s is %i', (code, digits) => {
    expect(minorUnit(code)).toBe(digits);
  });
});
