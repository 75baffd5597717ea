import { Region } from './gdp.js';

/** Derived, so that it cannot contradict the region and the subregion. */
export enum Continent {
  AFRICA = 'AFRICA',
  ANTARCTICA = 'ANTARCTICA',
  ASIA = 'ASIA',
  EUROPE = 'EUROPE',
  NORTH_AMERICA = 'NORTH_AMERICA',
  OCEANIA = 'OCEANIA',
  SOUTH_AMERICA = 'SOUTH_AMERICA',
}

/** Null where the source does not say which America it is in. */
export function continentOf(region: Region | null, subregion: string | null): Continent | null {
  if (region === null) return null;
  if (region === Region.ANTARCTIC) return Continent.ANTARCTICA;
  if (region !== Region.AMERICAS) return Continent[region];
  if (subregion === null) return null;
  return subregion === 'South America' ? Continent.SOUTH_AMERICA : Continent.NORTH_AMERICA;
}
