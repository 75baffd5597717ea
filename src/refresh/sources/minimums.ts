/** Fewer usable records than these are no answer, whatever the status says. */

/** There are 249 ISO 3166-1 codes and Kosovo; every source sends about 250. */
export const MIN_COUNTRIES = 200;

/** The sources of market rates quote about 165 currencies; one fell to 71 overnight. */
export const MIN_MARKET_RATES = 100;

/** A single central bank quotes about 30. */
export const MIN_CENTRAL_BANK_RATES = 20;

/** The World Bank has figures for about 215 economies. */
export const MIN_GDP_FIGURES = 100;
