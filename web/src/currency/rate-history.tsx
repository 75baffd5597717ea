import { useState } from 'preact/hooks';
import { queryLink, useData } from '../client.ts';
import { Tools } from '../credits/tools.tsx';
import { Failure } from '../failure.tsx';
import { daysBefore, rate } from '../format.ts';
import { type HistoryStep, RateHistoryDocument } from '../generated/graphql.ts';
import { LineChart } from './line-chart.tsx';
import { type Period, periodName } from './period.ts';

/** How many days back each step goes: each day costs the server, and the pixels of a chart are limited. */
const STEPS: { step: HistoryStep; label: string; days: number }[] = [
  { step: 'DAY', label: 'Days, last year', days: 366 },
  { step: 'MONTH', label: 'Monthly averages', days: 365 * 60 },
  { step: 'YEAR', label: 'Yearly averages', days: 365 * 60 },
];

const TODAY = new Date().toISOString().slice(0, 10);

/** The rate over time: single days, or the averages of months or years. */
export function RateHistory({ code, base }: { code: string; base: string }) {
  const [chosen, choose] = useState<HistoryStep>('DAY');
  const { days } = STEPS.find(({ step }) => step === chosen) as (typeof STEPS)[number];
  const variables = { code, base, from: daysBefore(TODAY, days), step: chosen };
  const answer = useData(RateHistoryDocument, variables);
  const periods = answer.data?.currency?.periods ?? [];
  const parameters = new URLSearchParams({ base, from: variables.from, step: chosen });
  return (
    <div class="history">
      <fieldset class="choice">
        <legend class="hidden">Steps of the chart</legend>
        {STEPS.map(({ step, label }) => (
          <label key={step}>
            <input type="radio" name={`step-${code}`} checked={step === chosen} onChange={() => choose(step)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <Failure answer={answer} />
      {periods.length > 1 && <LineChart periods={periods} label={`${code} for 1 ${base}`} step={chosen} />}
      {answer.data && periods.length < 2 && (
        <p class="note">
          {periods.length === 0 ? 'No day' : `Only one ${chosen.toLowerCase()}`} in this period has observations, so
          there is no line to draw yet. Each refresh adds a day, and <code>country-exchange backfill</code> adds past
          ones.
        </p>
      )}
      {periods.length > 0 && <PeriodTable periods={periods} step={chosen} />}
      {/* Only once the chart is there: it would push them from under the pointer. */}
      {answer.data && (
        <Tools
          query={queryLink(RateHistoryDocument, variables)}
          downloads={[
            ['history (CSV)', `/data/history/${code}.csv?${parameters}`],
            ['history (JSON)', `/data/history/${code}.json?${parameters}`],
          ]}
        />
      )}
    </div>
  );
}

/** What the line shows, for those who cannot see it or want the figures. */
function PeriodTable({ periods, step }: { periods: Period[]; step: HistoryStep }) {
  return (
    <details>
      <summary>Figures</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard. */}
      <section class="scroller short" tabIndex={0} aria-label="Figures of the chart">
        <table>
          <thead>
            <tr>
              <th scope="col">{step === 'DAY' ? 'Day' : 'Period'}</th>
              <th scope="col" class="figure">
                Average
              </th>
              <th scope="col" class="figure">
                Lowest
              </th>
              <th scope="col" class="figure">
                Highest
              </th>
              <th scope="col" class="figure">
                Last
              </th>
              <th scope="col" class="figure">
                Days
              </th>
            </tr>
          </thead>
          <tbody>
            {periods.toReversed().map((it) => (
              <tr key={it.from}>
                <th scope="row">{periodName(it, step)}</th>
                <td class="figure">{rate(it.average)}</td>
                <td class="figure">{rate(it.min)}</td>
                <td class="figure">{rate(it.max)}</td>
                <td class="figure">{rate(it.last)}</td>
                <td class="figure">{it.observations}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
