import { SourceUnavailableError } from '../../errors.js';
import { MIN_GDP_FIGURES } from './minimums.js';
import type { GdpRecord, GdpSource, SourceAnswer, Warning } from './source.js';
import { useOf } from './source-use.js';
import { quotedValue } from './upstream-message.js';

/** What a source says of one economy: nothing of it is checked. */
export interface GdpClaim {
  code: unknown;
  perCapita: unknown;
  year: unknown;
}

/** Keeps the figures that can be used, tells about the others, and refuses an answer with too few. */
export function checkedGdp(
  source: GdpSource,
  claims: GdpClaim[],
  { url, observedAt }: { url: string; observedAt: string | null },
): SourceAnswer<GdpRecord> {
  const records = new Map<string, GdpRecord>();
  const warnings: Warning[] = [];
  for (const claim of claims) keep(claim, records, warnings);
  if (records.size < MIN_GDP_FIGURES) {
    const reason = `only ${records.size} of ${claims.length} figures are usable, at least ${MIN_GDP_FIGURES} are expected`;
    throw new SourceUnavailableError(source.name, reason);
  }
  const use = useOf(source, url, observedAt);
  return { records: [...records.values()], received: claims.length, warnings, use };
}

/** Some aggregates have codes with digits, and some economies have no figure: neither is a mistake. */
function keep({ code, perCapita, year }: GdpClaim, kept: Map<string, GdpRecord>, warnings: Warning[]): void {
  if (typeof code !== 'string' || !/^[A-Z]{2}$/.test(code) || perCapita === null) return;
  if (typeof perCapita !== 'number' || !Number.isFinite(perCapita) || perCapita <= 0) {
    warnings.push(rejected(code, `${quotedValue(perCapita)} is no positive number`));
  } else if (typeof year !== 'string' || !/^[12]\d{3}$/.test(year)) {
    warnings.push(rejected(code, `${quotedValue(year)} is no year`));
  } else if (kept.has(code)) {
    warnings.push(rejected(code, 'it came up before'));
  } else {
    kept.set(code, { code, perCapita, year: Number(year) });
  }
}

function rejected(country: string, reason: string): Warning {
  const message = `Rejected the GDP per capita of ${country}: ${reason}`;
  return { code: 'GDP_REJECTED', country, currency: null, message };
}
