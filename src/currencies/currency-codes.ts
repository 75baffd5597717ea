// Types only: a refresh loads this file, and no GraphQL.
import type { IsoStatus } from './currency.type.js';

/**
 * ISO 4217 with its numeric codes, by minor unit: list one up to amendment 180, without what is not money (metals, bond
 * units, test codes, funds, units of account) or does not circulate (SVC, VED); and the codes of recent years that were
 * withdrawn from it (BGN, BYR, CUC, HRK, MRO, SLL, STD, VEF, ZWL), because sources still send them.
 */
const BY_MINOR_UNIT = {
  0: `
    BIF 108, BYR 974, CLP 152, DJF 262, GNF 324, ISK 352, JPY 392, KMF 174, KRW 410, PYG 600, RWF 646, UGX 800,
    VND 704, VUV 548, XAF 950, XOF 952, XPF 953`,
  2: `
    AED 784, AFN 971, ALL 008, AMD 051, ANG 532, AOA 973, ARS 032, AUD 036, AWG 533, AZN 944, BAM 977, BBD 052,
    BDT 050, BGN 975, BMD 060, BND 096, BOB 068, BRL 986, BSD 044, BTN 064, BWP 072, BYN 933, BZD 084, CAD 124,
    CDF 976, CHF 756, CNY 156, COP 170, CRC 188, CUC 931, CUP 192, CVE 132, CZK 203, DKK 208, DOP 214, DZD 012,
    EGP 818, ERN 232, ETB 230, EUR 978, FJD 242, FKP 238, GBP 826, GEL 981, GHS 936, GIP 292, GMD 270, GTQ 320,
    GYD 328, HKD 344, HNL 340, HRK 191, HTG 332, HUF 348, IDR 360, ILS 376, INR 356, IRR 364, JMD 388, KES 404,
    KGS 417, KHR 116, KPW 408, KYD 136, KZT 398, LAK 418, LBP 422, LKR 144, LRD 430, LSL 426, MAD 504, MDL 498,
    MGA 969, MKD 807, MMK 104, MNT 496, MOP 446, MRO 478, MRU 929, MUR 480, MVR 462, MWK 454, MXN 484, MYR 458,
    MZN 943, NAD 516, NGN 566, NIO 558, NOK 578, NPR 524, NZD 554, PAB 590, PEN 604, PGK 598, PHP 608, PKR 586,
    PLN 985, QAR 634, RON 946, RSD 941, RUB 643, SAR 682, SBD 090, SCR 690, SDG 938, SEK 752, SGD 702, SHP 654,
    SLE 925, SLL 694, SOS 706, SRD 968, SSP 728, STD 678, STN 930, SYP 760, SZL 748, THB 764, TJS 972, TMT 934,
    TOP 776, TRY 949, TTD 780, TWD 901, TZS 834, UAH 980, USD 840, UYU 858, UZS 860, VEF 937, VES 928, WST 882,
    XCD 951, XCG 532, XDR 960, YER 886, ZAR 710, ZMW 967, ZWG 924, ZWL 932`,
  3: `
    BHD 048, IQD 368, JOD 400, KWD 414, LYD 434, OMR 512, TND 788`,
};

const ISO: ReadonlyMap<string, { minorUnit: number; numeric: string }> = new Map(
  Object.entries(BY_MINOR_UNIT).flatMap(([digits, currencies]) =>
    Array.from(currencies.matchAll(/([A-Z]{3}) (\d{3})/g), ([, code = '', numeric = '']) => [
      code,
      { minorUnit: Number(digits), numeric },
    ]),
  ),
);

/** Never in ISO 4217, but quoted by sources: dependent territories, Kiribati, Tuvalu, the offshore renminbi. */
const NON_ISO = new Set(['CKD', 'CNH', 'FOK', 'GGP', 'IMP', 'JEP', 'KID', 'TVD']);

export const EURO = 'EUR';

interface FixedRate {
  /** Units for 1 euro. */
  perEuro: number;
  /** The day that the country adopted the euro. */
  since: string;
  numeric: string;
}

/**
 * The currencies that the euro has replaced, with their irrevocably fixed conversion rates: Council Regulations (EC)
 * 2866/98, 1478/2000, 1086/2006, 1134/2007, 1135/2007, 694/2008, 671/2010, 870/2013, 851/2014, 2022/1208, 2025/1409.
 */
const FIXED: ReadonlyMap<string, FixedRate> = new Map(
  Object.entries({
    ATS: { perEuro: 13.7603, since: '1999-01-01', numeric: '040' },
    BEF: { perEuro: 40.3399, since: '1999-01-01', numeric: '056' },
    BGN: { perEuro: 1.95583, since: '2026-01-01', numeric: '975' },
    CYP: { perEuro: 0.585274, since: '2008-01-01', numeric: '196' },
    DEM: { perEuro: 1.95583, since: '1999-01-01', numeric: '276' },
    EEK: { perEuro: 15.6466, since: '2011-01-01', numeric: '233' },
    ESP: { perEuro: 166.386, since: '1999-01-01', numeric: '724' },
    FIM: { perEuro: 5.94573, since: '1999-01-01', numeric: '246' },
    FRF: { perEuro: 6.55957, since: '1999-01-01', numeric: '250' },
    GRD: { perEuro: 340.75, since: '2001-01-01', numeric: '300' },
    HRK: { perEuro: 7.5345, since: '2023-01-01', numeric: '191' },
    IEP: { perEuro: 0.787564, since: '1999-01-01', numeric: '372' },
    ITL: { perEuro: 1936.27, since: '1999-01-01', numeric: '380' },
    LTL: { perEuro: 3.4528, since: '2015-01-01', numeric: '440' },
    LUF: { perEuro: 40.3399, since: '1999-01-01', numeric: '442' },
    LVL: { perEuro: 0.702804, since: '2014-01-01', numeric: '428' },
    MTL: { perEuro: 0.4293, since: '2008-01-01', numeric: '470' },
    NLG: { perEuro: 2.20371, since: '1999-01-01', numeric: '528' },
    PTE: { perEuro: 200.482, since: '1999-01-01', numeric: '620' },
    SIT: { perEuro: 239.64, since: '2007-01-01', numeric: '705' },
    SKK: { perEuro: 30.126, since: '2009-01-01', numeric: '703' },
  }),
);

/** Among those that the euro has replaced; the others had two decimal places. */
const WITHOUT_MINOR_UNIT = new Set(['ESP', 'ITL', 'LUF']);

export function fixedRate(code: string): FixedRate | undefined {
  return FIXED.get(code);
}

/** Whether countries may list the code and rates for it may be stored. Case-sensitive. */
export function isCurrencyCode(code: string): boolean {
  return NON_ISO.has(code) || ISO.has(code);
}

/** Whether a currency is withdrawn depends on the day. */
export function isoStatus(code: string, isWithdrawn: boolean): IsoStatus {
  if (isWithdrawn) return 'HISTORIC';
  return ISO.has(code) ? 'CURRENT' : 'NON_ISO';
}

/** Decimal places of amounts: the ISO 4217 minor unit. */
export function minorUnit(code: string): number {
  return ISO.get(code)?.minorUnit ?? (WITHOUT_MINOR_UNIT.has(code) ? 0 : 2);
}

/** Three digits; null for codes that are not in ISO 4217. */
export function numericCode(code: string): string | null {
  return ISO.get(code)?.numeric ?? fixedRate(code)?.numeric ?? null;
}
