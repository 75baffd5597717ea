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
  /** Current US dollars per capita per year. */
  perCapita: number | null;
  currency: string | null;
  /** Units of the currency for 1 USD. */
  exchangeRate: number | null;
}

export type GdpEstimateResult = { value: number; reason: null } | { value: null; reason: NoEstimate };

/** US dollars per year, rounded to the cent. Null with a reason, never 0, when it cannot be estimated. */
export function estimateGdp(
  { population, perCapita, currency, exchangeRate }: GdpInput,
  method: GdpMethod,
  random: () => number,
): GdpEstimateResult {
  if (!population) return none(NoEstimate.NO_POPULATION);
  if (method === GdpMethod.PER_CAPITA) {
    return perCapita === null ? none(NoEstimate.NOT_REPORTED) : estimate(population * perCapita);
  }
  if (currency === null) return none(NoEstimate.NO_CURRENCY);
  if (exchangeRate === null) return none(NoEstimate.NO_RATE);
  // The method of the original system: a placeholder, random by design.
  return estimate((population * (1000 + random() * 1000)) / exchangeRate);
}

function none(reason: NoEstimate): GdpEstimateResult {
  return { value: null, reason };
}

function estimate(dollars: number): GdpEstimateResult {
  return { value: toCents(dollars), reason: null };
}

function toCents(dollars: number): number {
  // Above 2^53 cents a double cannot hold cents, and rounding would only distort it.
  return dollars < 9e13 ? Math.round(dollars * 100) / 100 : dollars;
}

/** The regions of the UN geoscheme (M49) as REST Countries groups them, with Antarctica as one of its own. */
export enum Region {
  AFRICA = 'AFRICA',
  AMERICAS = 'AMERICAS',
  ANTARCTIC = 'ANTARCTIC',
  ASIA = 'ASIA',
  EUROPE = 'EUROPE',
  OCEANIA = 'OCEANIA',
}
