import { CurrencyOptions } from '../currency/currency-options.tsx';
import type { CurrenciesQuery } from '../generated/graphql.ts';
import { METRICS, type Metric, type MetricName } from './metrics.ts';
import type { View } from './view.ts';

interface Props {
  view: View;
  change: (changes: Partial<View>) => void;
  currencies: CurrenciesQuery['currencies'];
}

/** What the map shows, and what changes of currencies are measured in. */
export function MetricPicker({ view, change, currencies }: Props) {
  const metric: Metric = METRICS[view.show];
  return (
    <div class="toolbar">
      <fieldset class="choice">
        <legend class="hidden">Colour the map by</legend>
        {Object.entries(METRICS).map(([name, { label }]) => (
          <label key={name}>
            <input
              type="radio"
              name="show"
              value={name}
              checked={name === view.show}
              onChange={() => change({ show: name as MetricName })}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      {metric.days !== undefined && (
        <label class="field inline">
          <span>against</span>
          <select value={view.base} onChange={({ currentTarget }) => change({ base: currentTarget.value })}>
            <CurrencyOptions currencies={currencies.filter(({ rate }) => rate)} />
          </select>
        </label>
      )}
    </div>
  );
}
