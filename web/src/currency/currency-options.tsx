import type { CurrenciesQuery } from '../generated/graphql.ts';

/** For a select element: all currencies, by code. */
export function CurrencyOptions({ currencies }: { currencies: CurrenciesQuery['currencies'] }) {
  return (
    <>
      {currencies.map(({ code, name }) => (
        <option key={code} value={code}>
          {code} – {name}
        </option>
      ))}
    </>
  );
}
