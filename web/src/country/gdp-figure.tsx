import { PLACEHOLDER } from '../explorer/metrics.ts';
import { bigDollars, day, dollars, people } from '../format.ts';
import type { NoEstimate } from '../generated/graphql.ts';
import type { CountryFacts } from './country-page.tsx';

const REASONS: Record<NoEstimate, string> = {
  NOT_REPORTED: 'the World Bank reports no GDP per capita for it',
  NO_CURRENCY: 'it has no currency',
  NO_POPULATION: 'its population is not known, or it has none',
  NO_RATE: 'none of its currencies has an exchange rate',
};

/** The estimate, and how it was made: no reader should have to guess what it stands for. */
export function GdpFigure({ country: { gdp } }: { country: CountryFacts }) {
  const { value, perCapita, population, year, method, reason, coverage } = gdp;
  if (value == null) {
    return (
      <div class="figure-block">
        <p class="label">GDP estimate</p>
        <p class="big">None</p>
        <p class="note">{reason ? `Because ${REASONS[reason]}.` : 'It cannot be estimated.'}</p>
      </div>
    );
  }
  return (
    <div class="figure-block">
      <p class="label">GDP estimate, US dollars a year</p>
      <p class="big">{bigDollars(value)}</p>
      {method === 'PER_CAPITA' ? (
        <p class="formula">
          <span>
            <strong>{people(population)}</strong> people
            <small>
              {gdp.populationSource?.attribution}
              {gdp.populationAsOf && `, edition of ${day(gdp.populationAsOf)}`}
            </small>
          </span>
          <span aria-hidden="true">×</span>
          <span class="hidden">times</span>
          <span>
            <strong>{dollars(perCapita)}</strong> per capita in {year}
            <small>{gdp.source?.attribution}</small>
          </span>
        </p>
      ) : (
        <p class="note">{PLACEHOLDER}</p>
      )}
      {coverage && <p class="note">{coverage}</p>}
    </div>
  );
}
