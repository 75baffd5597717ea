import { codes as libraryCodes, code as libraryEntry } from 'currency-codes';

export type IsoStatus = 'CURRENT' | 'HISTORIC' | 'NON_ISO';

/** Withdrawn from ISO 4217, yet still sent by sources: ANG since 2025, BGN since 2026, the others before. */
const HISTORIC = new Set(['ANG', 'BGN', 'BYR', 'CUC', 'HRK', 'MRO', 'SLL', 'STD', 'VEF', 'ZWL']);

/** Never in ISO 4217, yet sources quote them: dependent territories, Kiribati, Tuvalu, the renminbi abroad. */
const NON_ISO = new Set(['CKD', 'CNH', 'FOK', 'GGP', 'IMP', 'JEP', 'KID', 'TVD']);

/** In ISO 4217, but nobody's purse: metals, bond units, test codes, then funds and units of account. */
const NOT_MONEY = new Set([
  ...['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD', 'XTS', 'XXX', 'XSU', 'XUA'],
  ...['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'],
  // Out of circulation since 2001, and a second code for Venezuela's VES.
  ...['SVC', 'VED'],
]);

/** The library's list is of June 2024; the Caribbean guilder came in 2025. */
const CURRENT = new Set([...libraryCodes(), 'XCG'].filter((code) => !HISTORIC.has(code)));

/** Where the library has no entry, or 0 for what ISO calls not applicable; the rest has 2. */
const MINOR_UNITS: ReadonlyMap<string, number> = new Map([
  ['BYR', 0],
  ['XDR', 2],
]);

/** Whether the code stands for money that a country may list and a rate may be kept for. Case matters. */
export function isCurrencyCode(code: string): boolean {
  return NON_ISO.has(code) || HISTORIC.has(code) || (CURRENT.has(code) && !NOT_MONEY.has(code));
}

export function isoStatus(code: string): IsoStatus {
  if (CURRENT.has(code)) return 'CURRENT';
  return HISTORIC.has(code) ? 'HISTORIC' : 'NON_ISO';
}

/** How many decimal places amounts of the currency have: the ISO 4217 minor unit. */
export function minorUnit(code: string): number {
  return MINOR_UNITS.get(code) ?? libraryEntry(code)?.digits ?? 2;
}
