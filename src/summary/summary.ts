import type { GdpMethod } from '../countries/gdp.js';

/** The figures that the summary picture shows, and nothing else: the same summary gives the same picture. */
export interface Summary {
  countries: number;
  currencies: number;
  /** The largest estimates first. Five at most are drawn. */
  top: RankedCountry[];
  /** The days on which the rates were observed. Null when there are none. */
  ratesObserved: Span | null;
  /** When the last refresh ended, ISO 8601. */
  refreshedAt: string;
  /** The sources to be named, in short. */
  sources: string[];
  /** As in the status. */
  bundled: boolean;
  gdpMethod: GdpMethod;
}

export interface RankedCountry {
  /** ISO 3166-1 alpha-2. */
  code: string;
  name: string;
  /** US dollars. */
  estimatedGdp: number;
  /** Of the GDP per capita. */
  gdpYear: number | null;
}

/** From the first to the last day. */
export interface Span {
  from: string;
  to: string;
}

/** All lengths are pixels, on a grid of 8. Baselines and tops are measured from the top edge. */
export const PICTURE = { width: 1200, height: 630 } as const;

export const LEFT_COLUMN = { x: 64, width: 328 } as const;

export const RIGHT_COLUMN = { x: 456, width: 680 } as const;

export const FOOTER = { x: 64, width: 1072, ruleY: 552 } as const;

export const COLORS = {
  background: '#f8f7f4',
  ink: '#14202e',
  /** 5.6:1 against the background. */
  muted: '#5a6675',
  rule: '#dedcd5',
  track: '#e8e6e0',
  accent: '#0f6b66',
  outline: 'rgba(20, 32, 46, 0.14)',
} as const;

/** The path at which the server serves the picture. */
export const SUMMARY_IMAGE_PATH = '/countries/image';
