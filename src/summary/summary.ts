import type { GdpMethod } from '../countries/estimate.js';

/** The figures that the summary picture shows, and nothing else: the same summary gives the same picture. */
export interface Summary {
  countries: number;
  currencies: number;
  /** The largest estimates first. Five at most are drawn. */
  top: RankedCountry[];
  /** When the last refresh ended, ISO 8601. */
  refreshedAt: string;
  /** The sources to be named, in short. */
  sources: string[];
  /** True while what is served is the data set that comes with the project. */
  bundled: boolean;
  gdpMethod: GdpMethod;
}

export interface RankedCountry {
  /** ISO 3166-1 alpha-2. */
  code: string;
  name: string;
  /** US dollars. */
  estimatedGdp: number;
}
