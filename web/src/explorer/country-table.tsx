import { Flag } from '../flag.tsx';
import { bigDollars, capitalized, dollars, locale, people, percent, rate } from '../format.ts';
import type { Found } from './found.ts';
import type { Metric, Row } from './metrics.ts';
import type { View } from './view.ts';

interface Column {
  name: string;
  label: string;
  /** What it is sorted by. */
  key: (row: Row) => string | number | null;
  show?: (row: Row) => string;
}

const COLUMNS: Column[] = [
  { name: 'name', label: 'Country', key: (row) => row.name },
  { name: 'region', label: 'Region', key: (row) => row.region ?? null },
  number('population', 'Population', (row) => row.population, people),
  number('gdp', 'GDP', (row) => row.estimatedGdp, bigDollars),
  number('gdp-per-capita', 'GDP per capita', (row) => row.gdp.perCapita, dollars),
  { name: 'currency', label: 'Currency', key: (row) => row.currency?.code ?? null },
  number('rate', 'For 1 USD', (row) => row.exchangeRate, rate),
];

const CHANGE = number('change', 'Change', (row) => row.change, percent);

function number(
  name: string,
  label: string,
  value: (row: Row) => number | null | undefined,
  format: (value: number | null) => string,
): Column {
  return { name, label, key: (row) => value(row) ?? null, show: (row) => format(value(row) ?? null) };
}

interface Props {
  rows: Row[];
  metric: Metric;
  view: View;
  change: (changes: Partial<View>) => void;
  /** Null without a search. */
  found: Found | null;
}

/** The table can be sorted by every column; the results of a search start in the order of the search. */
export function CountryTable({ rows, metric, view, change, found }: Props) {
  const columns = metric.days === undefined ? COLUMNS : [...COLUMNS, CHANGE];
  const sorted = columns.find(({ name }) => name === view.sort.replace('-', ''));
  const isDescending = view.sort.startsWith('-');
  const ordered = sorted
    ? sort(rows, sorted, isDescending)
    : found
      ? byRank(rows, found)
      : sort(rows, COLUMNS[0] as Column, false);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it can be scrolled by keyboard on a narrow screen.
    <section class="scroller" tabIndex={0} aria-label="Table of countries">
      <table class="countries">
        <thead>
          <tr>
            {columns.map((column) => {
              const isCurrent = column === sorted || (!sorted && !found && column.name === 'name');
              return (
                <th
                  key={column.name}
                  scope="col"
                  class={classOf(column)}
                  aria-sort={isCurrent ? (isDescending ? 'descending' : 'ascending') : undefined}
                >
                  <button type="button" onClick={() => change({ sort: nextSort(column, isCurrent, isDescending) })}>
                    {column.label}
                    <span class="arrow" aria-hidden="true" />
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {ordered.map((row) => (
            <CountryRow key={row.code} row={row} columns={columns} found={found} />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="empty">No country matches.</p>}
    </section>
  );
}

/** Columns of figures start with the largest. */
function nextSort({ name, show }: Column, isCurrent: boolean, isDescending: boolean): string {
  const descends = isCurrent ? !isDescending : show !== undefined;
  return descends ? `-${name}` : name;
}

function CountryRow({ row, columns, found }: { row: Row; columns: Column[]; found: Found | null }) {
  const matched = found?.get(row.code);
  return (
    <tr>
      <th scope="row">
        <a href={`/country/${row.code}`}>
          <Flag code={row.code} />
          <span lang={locale}>{row.name}</span>
        </a>
        {matched?.name && matched.name !== row.name && (
          <span class="matched" lang={matched.locale ?? undefined}>
            {matched.name}
          </span>
        )}
      </th>
      <td>{row.region ? capitalized(row.region) : '–'}</td>
      {columns.slice(2).map((column) =>
        column.name === 'currency' ? (
          <td key={column.name}>
            {row.currency ? <a href={`/currency/${row.currency.code}`}>{row.currency.code}</a> : '–'}
          </td>
        ) : (
          <td key={column.name} class="figure">
            {column.show?.(row)}
          </td>
        ),
      )}
    </tr>
  );
}

function classOf({ show }: Column): string | undefined {
  return show && 'figure';
}

const collator = new Intl.Collator(locale);

/** Unknown values come last in both directions. */
function sort(rows: Row[], { key }: Column, isDescending: boolean): Row[] {
  return [...rows].sort((first, second) => {
    const [a, b] = [key(first), key(second)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
    return (isDescending ? -order : order) || collator.compare(first.name, second.name);
  });
}

function byRank(rows: Row[], found: Found): Row[] {
  const rankOf = ({ code }: Row) => found.get(code)?.rank ?? 0;
  return [...rows].sort((a, b) => rankOf(a) - rankOf(b) || (b.population ?? 0) - (a.population ?? 0));
}
