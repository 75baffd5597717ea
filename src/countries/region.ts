/** The six regions of the UN geoscheme (M49) as REST Countries groups them; Antarctica stands by itself. */
export enum Region {
  AFRICA = 'AFRICA',
  AMERICAS = 'AMERICAS',
  ANTARCTIC = 'ANTARCTIC',
  ASIA = 'ASIA',
  EUROPE = 'EUROPE',
  OCEANIA = 'OCEANIA',
}
