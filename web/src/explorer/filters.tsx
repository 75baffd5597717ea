import { CurrencyOptions } from '../currency/currency-options.tsx';
import { capitalized } from '../format.ts';
import type { CurrenciesQuery, Region } from '../generated/graphql.ts';
import type { View } from './view.ts';

const REGIONS: Region[] = ['AFRICA', 'AMERICAS', 'ANTARCTIC', 'ASIA', 'EUROPE', 'OCEANIA'];

interface Props {
  view: View;
  change: (changes: Partial<View>) => void;
  currencies: CurrenciesQuery['currencies'];
  count: number;
  total: number;
}

export function Filters({ view, change, currencies, count, total }: Props) {
  return (
    <search class="toolbar filters">
      <label class="field grow">
        <span>Search</span>
        <input
          type="search"
          value={view.text}
          maxLength={200}
          placeholder="Any name, in any language"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => change({ text: currentTarget.value, sort: '' })}
        />
      </label>
      <label class="field">
        <span>Region</span>
        <select value={view.region} onChange={({ currentTarget }) => change({ region: currentTarget.value })}>
          <option value="">The world</option>
          {REGIONS.map((region) => (
            <option key={region} value={region}>
              {capitalized(region)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Currency</span>
        <select value={view.currency} onChange={({ currentTarget }) => change({ currency: currentTarget.value })}>
          <option value="">Any</option>
          <CurrencyOptions currencies={currencies} />
        </select>
      </label>
      <p class="count" role="status">
        {total > 0 && (count === total ? `${total} countries` : `${count} of ${total} countries`)}
      </p>
    </search>
  );
}
