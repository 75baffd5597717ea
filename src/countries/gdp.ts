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
    return perCapita === null
      ? none(NoEstimate.NOT_REPORTED)
      : estimate(population * perCapita, NoEstimate.NOT_REPORTED);
  }
  if (currency === null) return none(NoEstimate.NO_CURRENCY);
  if (exchangeRate === null) return none(NoEstimate.NO_RATE);
  // The method of the original system: a placeholder, random by design.
  return estimate((population * (1000 + random() * 1000)) / exchangeRate, NoEstimate.NO_RATE);
}

function none(reason: NoEstimate): GdpEstimateResult {
  return { value: null, reason };
}

/** No estimate, for the reason given, when a double cannot hold the result or it is less than a cent. */
function estimate(dollars: number, otherwise: NoEstimate): GdpEstimateResult {
  // Above 2^53 cents a double cannot hold cents, and rounding would only distort it.
  const value = dollars < 9e13 ? Math.round(dollars * 100) / 100 : dollars;
  return value > 0 && Number.isFinite(value) ? { value, reason: null } : none(otherwise);
}

/** From the notes of the World Bank's table "GDP ranking". */
const COVERED_BY_GDP: Readonly<Record<string, string>> = {
  CY: 'the area controlled by the government of the Republic of Cyprus',
  GE: 'Georgia without Abkhazia and South Ossetia',
  MA: 'Morocco with Western Sahara',
  MD: 'Moldova without Transnistria',
  TZ: 'the mainland of Tanzania',
};

const OLD_YEARS = 5;

/** Says whether population and GDP per capita cover different territories, or are many years apart; null if not known. */
export function gdpCoverage(code: string, gdpYear: number, populationDay: string): string | null {
  const territory = COVERED_BY_GDP[code];
  const populationYear = Number(populationDay.slice(0, 4));
  const parts = [
    territory && `perCapita is that of ${territory}; the population may be that of another territory`,
    populationYear - gdpYear > OLD_YEARS && `perCapita is of ${gdpYear}, and the population of ${populationYear}`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? null : `${parts.join('. ')}.`;
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
