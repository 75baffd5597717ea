import DataLoader from 'dataloader';
import type { CurrencyService, Observation, RateService } from './currency.service.js';
import type { Currency } from './currency.type.js';
import type { Series } from './rates.js';

/** What the resolvers of this room need of a request. */
export interface CurrencyContext {
  currencies: CurrencyService;
  rates: RateService;
  currencyLoaders: CurrencyLoaders;
}

type CurrencyLoaders = ReturnType<typeof createCurrencyLoaders>;

/** One request's batches: whatever asks for currencies or rates in the same tick shares one statement. */
export function createCurrencyLoaders(currencies: CurrencyService, rates: RateService) {
  const byDay = new Map<string | undefined, DataLoader<string, Observation | null>>();
  const byRange = new Map<string, DataLoader<string, Series>>();
  return {
    currency: new DataLoader<string, Currency | null>(async (codes) => {
      const found = new Map((await currencies.byCodes(codes)).map((currency) => [currency.code, currency]));
      return codes.map((code) => found.get(code) ?? null);
    }),
    /** The last observation up to a day, or the last of all. */
    observation(code: string, on?: string): Promise<Observation | null> {
      const loader = byDay.get(on) ?? observationLoader(rates, on);
      byDay.set(on, loader);
      return loader.load(code);
    },
    /** The observations from one day to another. */
    series(code: string, from: string, to: string): Promise<Series> {
      const range = `${from} ${to}`;
      const loader = byRange.get(range) ?? seriesLoader(rates, from, to);
      byRange.set(range, loader);
      return loader.load(code);
    },
  };
}

function observationLoader(rates: RateService, on: string | undefined) {
  return new DataLoader<string, Observation | null>(async (codes) => {
    const found = new Map((await rates.observations(codes, on)).map((it) => [it.currency, it]));
    return codes.map((code) => found.get(code) ?? null);
  });
}

function seriesLoader(rates: RateService, from: string, to: string) {
  return new DataLoader<string, Series>(async (codes) => {
    const found = await rates.series(codes, from, to);
    return codes.map((code) => found.get(code) ?? new Map());
  });
}
