import { Region } from '../../countries/region.js';

/** The spellings seen at the sources, in lower case. */
const REGIONS: ReadonlyMap<string, Region> = new Map([
  ['africa', Region.AFRICA],
  ['americas', Region.AMERICAS],
  ['antarctic', Region.ANTARCTIC],
  ['antarctic ocean', Region.ANTARCTIC],
  ['antarctica', Region.ANTARCTIC],
  ['polar', Region.ANTARCTIC],
  ['asia', Region.ASIA],
  ['europe', Region.EUROPE],
  ['oceania', Region.OCEANIA],
]);

export function regionNamed(name: unknown): Region | null {
  return typeof name === 'string' ? (REGIONS.get(name.trim().toLowerCase()) ?? null) : null;
}
