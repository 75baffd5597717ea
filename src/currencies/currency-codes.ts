import { code as libraryEntry, codes as listedCodes } from 'currency-codes';
import { fixedRate } from './euro.js';

/** The status of a code in ISO 4217. */
export enum IsoStatus {
  CURRENT = 'CURRENT',
  HISTORIC = 'HISTORIC',
  NON_ISO = 'NON_ISO',
}

/** Withdrawn from ISO 4217 before the list of the library, but still sent by sources. */
const WITHDRAWN = ['BYR', 'HRK', 'MRO', 'SLL', 'STD', 'VEF', 'ZWL'];

/** Never in ISO 4217, but quoted by sources: dependent territories, Kiribati, Tuvalu, the offshore renminbi. */
const NON_ISO = new Set(['CKD', 'CNH', 'FOK', 'GGP', 'IMP', 'JEP', 'KID', 'TVD']);

/** In ISO 4217, but not money: metals, bond units, test codes, then funds and units of account. */
const NOT_MONEY = new Set([
  ...['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD', 'XTS', 'XXX', 'XSU', 'XUA'],
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
  // Out of circulation since 2001, and the second code of Venezuela's VES.
  ...['SVC', 'VED'],
]);

/** In ISO 4217 today or in recent years. The library's list is from June 2024; the Caribbean guilder was added in 2025. */
const ISO = new Set([...listedCodes(), 'XCG', ...WITHDRAWN]);

/** Where the library has no entry, or 0 for what ISO calls not applicable; the others have 2. */
const MINOR_UNITS: ReadonlyMap<string, number> = new Map(Object.entries({ BYR: 0, ESP: 0, ITL: 0, LUF: 0, XDR: 2 }));

/** Where the library has no entry. */
const NUMERIC_CODES: ReadonlyMap<string, string> = new Map(
  Object.entries({ BYR: '974', MRO: '478', SLL: '694', STD: '678', VEF: '937', XCG: '532', ZWL: '932' }),
);

/** Whether a country may list the code, and a rate of it may be stored. Case-sensitive. */
export function isCurrencyCode(code: string): boolean {
  return NON_ISO.has(code) || (ISO.has(code) && !NOT_MONEY.has(code));
}

/** The day decides whether a currency is withdrawn. */
export function isoStatus(code: string, isWithdrawn: boolean): IsoStatus {
  if (isWithdrawn) return IsoStatus.HISTORIC;
  return ISO.has(code) ? IsoStatus.CURRENT : IsoStatus.NON_ISO;
}

/** Decimal places of amounts: the ISO 4217 minor unit. */
export function minorUnit(code: string): number {
  return MINOR_UNITS.get(code) ?? libraryEntry(code)?.digits ?? 2;
}

/** Three digits; null for codes that are not in ISO 4217. */
export function numericCode(code: string): string | null {
  return NUMERIC_CODES.get(code) ?? libraryEntry(code)?.number ?? fixedRate(code)?.numeric ?? null;
}
