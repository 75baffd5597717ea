import { useData } from '../client.ts';
import { day } from '../format.ts';
import { StatusDocument } from '../generated/graphql.ts';
import { latestRate } from '../latest-rate.ts';
import { colourClass, isPlaceholder, type Metric, PLACEHOLDER, type Row } from './metrics.ts';
import type { View } from './view.ts';

interface Props {
  metric: Metric;
  rows: Row[];
  view: View;
  /** Whether the changes of rates have arrived too. */
  isComplete: boolean;
}

/** Colours and their limits, the unit, the source and the day. */
export function Legend({ metric, rows, view, isComplete }: Props) {
  const { data } = useData(StatusDocument, {});
  const sources = data?.status.sources ?? [];
  const figures =
    metric.days !== undefined ? ['RATES'] : view.show === 'population' ? ['COUNTRIES'] : ['GDP', 'COUNTRIES'];
  const isRandom = view.show === 'gdp' && rows.some(isPlaceholder);
  const named = isRandom ? [] : sources.filter((it) => figures.includes(it.figures));
  const years = rows.flatMap((row) => metric.year?.(row) ?? []);
  const isKnown = rows.some((row) => row.currency?.code !== view.base && metric.value(row) !== null);
  return (
    <div class="legend">
      <div>
        <p class="unit">
          {metric.unit}
          {metric.days !== undefined && ` against ${view.base}`}
        </p>
        <ol class="scale" aria-label="Colours of the map">
          {[...metric.thresholds, null].map((limit, index) => (
            <li key={index}>
              <span class={`swatch ${colourClass(metric, index)}`} />
              <span class="limit">{limit === null ? '' : (metric.limit ?? metric.format)(limit)}</span>
              <span class="hidden">{rangeOf(metric, index)}</span>
            </li>
          ))}
          <li class="none">
            <span class="swatch unknown" />
            <span class="limit">no figure</span>
          </li>
        </ol>
      </div>
      <p class="source">
        {metric.days !== undefined && isComplete && !isKnown && (
          <strong>
            No rates from {metric.days} days ago are stored yet: <code>country-exchange backfill</code> adds past days.{' '}
          </strong>
        )}
        {isRandom && PLACEHOLDER}
        {years.length > 0 && `Latest year known for each country, ${Math.min(...years)} to ${Math.max(...years)}. `}
        {metric.days !== undefined && `Up to ${day(latestRate(sources))}. `}
        {view.show === 'population' && named[0] && `Edition of ${day(named[0].observedTo)}. `}
        {named.length > 0 && `Source: ${[...new Set(named.map((it) => it.attribution))].join('; ')}.`}
      </p>
    </div>
  );
}

function rangeOf({ thresholds, format }: Metric, index: number): string {
  const [low, high] = [thresholds[index - 1], thresholds[index]];
  if (low === undefined) return `below ${format(high ?? null)}`;
  return high === undefined ? `${format(low)} and more` : `${format(low)} to ${format(high)}`;
}
