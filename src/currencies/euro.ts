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

export const EURO = 'EUR';

export function fixedRate(code: string): FixedRate | undefined {
  return FIXED.get(code);
}
