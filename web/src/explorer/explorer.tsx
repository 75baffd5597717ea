import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Answer, queryLink, useData } from '../client.ts';
import { Converter } from '../convert/converter.tsx';
import { Tools } from '../credits/tools.tsx';
import { Failure } from '../failure.tsx';
import { daysBefore, locale } from '../format.ts';
import {
  ChangesDocument,
  type ChangesQuery,
  CountriesDocument,
  CurrenciesDocument,
  SearchDocument,
  type SearchQuery,
  StatusDocument,
} from '../generated/graphql.ts';
import { Heading } from '../heading.tsx';
import { latestRate } from '../latest-rate.ts';
import { CountryTable } from './country-table.tsx';
import { Filters } from './filters.tsx';
import { type Found, foundBy } from './found.ts';
import { Legend } from './legend.tsx';
import { MapView } from './map-view.tsx';
import { MetricPicker } from './metric-picker.tsx';
import { METRICS, type Metric, type Row } from './metrics.ts';
import { useView, type View } from './view.ts';

/** The first view: the world as a map and as a table, and the converter. */
export function Explorer() {
  const countries = useData(CountriesDocument, { locale });
  const currencies = useData(CurrenciesDocument, { locale });
  const [view, change] = useView(currencies.data?.currencies ?? []);
  const metric: Metric = METRICS[view.show];
  const status = useData(StatusDocument, {});
  const latest = latestRate(status.data?.status.sources ?? []);
  const [rows, changes] = useRows(countries.data?.countries.nodes, view, metric, latest);
  const [found, search] = useSearch(view.text);
  const needed = [countries, status, currencies, ...(metric.days === undefined ? [] : [changes])];
  const shown = useMemo(() => filtered(rows, view, found), [rows, view.region, view.currency, found]);
  return (
    <>
      <section class="column" aria-labelledby="map-title">
        <div id="map-title">
          <Heading title={metric.title} />
        </div>
        <p class="standfirst">
          Countries, their currencies, exchange rates and GDP estimates, served as GraphQL by your own server. This page
          uses the same API as any other client.
        </p>
        <MetricPicker view={view} change={change} currencies={currencies.data?.currencies ?? []} />
        <Failure answer={needed.find(({ error }) => error) ?? countries} />
        <MapView rows={rows} shown={shown} metric={metric} view={view} />
        <Legend
          metric={metric}
          rows={rows}
          view={view}
          isComplete={countries.data !== undefined && changes.data !== undefined}
        />
      </section>
      <section class="column" aria-labelledby="table-title">
        <h2 id="table-title">All countries</h2>
        <Filters
          view={view}
          change={change}
          currencies={currencies.data?.currencies ?? []}
          count={shown.length}
          total={rows.length}
        />
        {view.text !== '' && <Failure answer={search} />}
        {rows.length > 0 ? (
          <CountryTable rows={shown} metric={metric} view={view} change={change} found={found} />
        ) : (
          <p class={countries.data ? 'empty' : 'empty loading'}>
            {countries.data
              ? 'No countries are stored yet. A refresh fetches them.'
              : countries.fetching && 'Loading …'}
          </p>
        )}
        <Tools
          query={queryLink(CountriesDocument, { locale })}
          downloads={[
            ['CSV', '/data/countries.csv'],
            ['JSON', '/data/countries.json'],
          ]}
        />
      </section>
      <section class="column" aria-labelledby="converter-title">
        <h2 id="converter-title">Convert</h2>
        <Converter from="EUR" to="USD" inAddress />
      </section>
    </>
  );
}

/** The countries with the changes of their currencies, if shown, and the answer that the changes come from. */
function useRows(
  nodes: Omit<Row, 'change'>[] | undefined,
  view: View,
  { days }: Metric,
  latest: string | null,
): [rows: Row[], changes: Answer<ChangesQuery>] {
  const isWanted = days !== undefined && latest !== null;
  const from = latest === null ? '' : daysBefore(latest, days ?? 0);
  const answer = useData(ChangesDocument, { from, base: view.base }, !isWanted);
  const { data } = answer;
  const rows = useMemo(() => {
    const changes = new Map(data?.currencies.map(({ code, change }) => [code, change ?? null]));
    return (nodes ?? []).map((node) => ({ ...node, change: gained(changes.get(node.currency?.code ?? '') ?? null) }));
  }, [nodes, data]);
  return [rows, answer];
}

/** The API reports how much dearer the base has become in the currency; the map shows the gain of the currency. */
function gained(change: number | null): number | null {
  return change === null ? null : (100 / (100 + change) - 1) * 100;
}

const TYPING_MS = 120;

/** Null without a search text. */
function useSearch(text: string): [Found | null, Answer<SearchQuery>] {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setTyped(text), text === '' ? 0 : TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const answer = useData(SearchDocument, { text: typed.slice(0, 200) }, typed.trim() === '');
  const { data } = answer;
  const found = useMemo(() => (typed.trim() === '' || !data ? null : foundBy(data)), [typed, data]);
  return [found, answer];
}

function filtered(rows: Row[], { region, currency }: View, found: Found | null): Row[] {
  return rows.filter(
    (row) =>
      (region === '' || row.region === region) &&
      (currency === '' || row.currencies.some(({ code }) => code === currency)) &&
      (found === null || found.has(row.code)),
  );
}
