import { GdpMethod } from '../countries/estimate.js';
import { drawable } from './fonts.js';
import type { RankedCountry } from './summary.js';

/** `$30.6 tn` */
export function formatDollars(dollars: number): string {
  const parts = DOLLARS.formatToParts(dollars);
  return parts.map(({ type, value }) => (type === 'compact' ? ` ${SCALES[value] ?? value}` : value)).join('');
}

/** `1,234` */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `22 November 2026, 14:05 UTC` */
export function formatInstant(iso: string): string {
  const instant = new Date(iso);
  return `${DAY.format(instant)}, ${TIME.format(instant)} UTC`;
}

/** The name, or the code where the font cannot write the name. */
export function displayName({ code, name }: RankedCountry): string {
  return drawable(name) ?? drawable(code) ?? '?';
}

export function describeMethod(method: GdpMethod): string {
  return METHODS[method];
}

const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});

/** The short forms of The Economist and the FT: "T" and "B" read as tera and as byte to some. */
const SCALES: Record<string, string> = { K: 'k', M: 'm', B: 'bn', T: 'tn' };

const COUNT = new Intl.NumberFormat('en-US');

const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const METHODS: Record<GdpMethod, string> = {
  [GdpMethod.PER_CAPITA]: 'Estimated GDP: population × GDP per capita, US dollars',
  [GdpMethod.MULTIPLIER]: 'Estimated GDP: population × a random 1,000 to 2,000 ÷ exchange rate, US dollars',
};
