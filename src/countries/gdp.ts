/** How a GDP is estimated. */
export enum GdpMethod {
  PER_CAPITA = 'PER_CAPITA',
  MULTIPLIER = 'MULTIPLIER',
}

/** Why a country has no estimate. */
export enum NoEstimate {
  NO_POPULATION = 'NO_POPULATION',
  NOT_REPORTED = 'NOT_REPORTED',
  NO_CURRENCY = 'NO_CURRENCY',
  NO_RATE = 'NO_RATE',
}

export interface GdpInput {
  population: number | null;
  /** Current US dollars a head. */
  perCapita: number | null;
  currency: string | null;
  /** Units of the currency for 1 USD. */
  exchangeRate: number | null;
}

export type GdpEstimateResult = { value: number; reason: null } | { value: null; reason: NoEstimate };

/** US dollars, rounded to the cent; null with a reason when it cannot be known, never a silent 0. */
export function estimateGdp(input: GdpInput, method: GdpMethod, random: () => number): GdpEstimateResult {
  return method === GdpMethod.PER_CAPITA ? fromPerCapita(input) : fromMultiplier(input, random);
}

function fromPerCapita({ population, perCapita }: GdpInput): GdpEstimateResult {
  if (!population) return none(NoEstimate.NO_POPULATION);
  if (perCapita === null) return none(NoEstimate.NOT_REPORTED);
  return { value: toCents(population * perCapita), reason: null };
}

/** The method of the system that this one replaced: a stand-in figure, random by design. */
function fromMultiplier(
  { population, currency, exchangeRate }: GdpInput,
  random: () => number,
): GdpEstimateResult {
  if (!population) return none(NoEstimate.NO_POPULATION);
  if (currency === null) return none(NoEstimate.NO_CURRENCY);
  if (exchangeRate === null) return none(NoEstimate.NO_RATE);
  const multiplier = 1000 + random() * 1000;
  return { value: toCents((population * multiplier) / exchangeRate), reason: null };
}

function none(reason: NoEstimate): GdpEstimateResult {
  return { value: null, reason };
}

function toCents(dollars: number): number {
  // Beyond 2^53 cents a double holds no cents any more; rounding would only disturb it.
  return dollars < 9e13 ? Math.round(dollars * 100) / 100 : dollars;
}

/** The six regions of the UN geoscheme (M49) as REST Countries groups them; Antarctica stands by itself. */
export enum Region {
  AFRICA = 'AFRICA',
  AMERICAS = 'AMERICAS',
  ANTARCTIC = 'ANTARCTIC',
  ASIA = 'ASIA',
  EUROPE = 'EUROPE',
  OCEANIA = 'OCEANIA',
}
