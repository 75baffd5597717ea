import { describe, expect, test } from 'vitest';
import { isCurrencyCode, isoStatus, minorUnit } from '../../src/currencies/currency-codes.js';

describe('a code stands for a currency', () => {
  test.each(['USD', 'EUR', 'XOF', 'XCD', 'ZWG', 'SLE', 'VES', 'MRU'])('when it is current: %s', (code) => {
    expect(isCurrencyCode(code)).toBe(true);
    expect(isoStatus(code, false)).toBe('CURRENT');
  });

  test('when it came after the list of the library', () => {
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
    'when it is known beside ISO 4217: %s',
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
    ['what is none', ['', 'usd', 'IMP[G]', '(none)', '__proto__', 'constructor', 'toString']],
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
    ['CLF', 4],
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
