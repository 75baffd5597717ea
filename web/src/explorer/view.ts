import { useLocation } from 'preact-iso';
import { knownCode } from '../currency/known-code.ts';
import type { CurrenciesQuery } from '../generated/graphql.ts';
import { METRICS, type MetricName } from './metrics.ts';

/** What is shown, as recorded in the address: the same address shows the same to everyone. */
export interface View {
  text: string;
  region: string;
  currency: string;
  show: MetricName;
  /** The currency that changes are measured in. */
  base: string;
  /** The column, with a minus sign before it for descending order. */
  sort: string;
}

const DEFAULTS: View = { text: '', region: '', currency: '', show: 'gdp', base: 'USD', sort: '' };

/** In capital letters. */
const CODES: ReadonlySet<string> = new Set(['region', 'currency', 'base']);

export function useView(currencies: CurrenciesQuery['currencies']): [View, (change: Partial<View>) => void] {
  const { path, query, route } = useLocation();
  const view = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof View)[]) {
    const value = CODES.has(name) ? query[name]?.toUpperCase() : query[name];
    if (value !== undefined && (name !== 'show' || Object.hasOwn(METRICS, value))) view[name] = value as never;
  }
  const bases = currencies.filter(({ rate }) => rate);
  view.base = knownCode(view.base, bases, DEFAULTS.base);
  const change = (changes: Partial<View>) => {
    // Other parts of the page keep their parameters there too.
    const parameters = new URLSearchParams(query);
    for (const [name, value] of Object.entries({ ...view, ...changes })) {
      if (value === DEFAULTS[name as keyof View]) parameters.delete(name);
      else parameters.set(name, value);
    }
    const search = parameters.toString();
    route(search === '' ? path : `${path}?${search}`, true);
  };
  return [view, change];
}
