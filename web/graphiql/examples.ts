import { parse } from 'graphql';
import queries from '../../schema/examples.graphql?raw';
import refresh from './refresh.graphql?raw';

const SHOWN = ['LargestEconomies', 'CountryCard', 'TravelBudget', 'RateChart', 'SearchBox', 'GdpByRegion'];

/** The operations in the tabs that open on the first visit, each with the comment before it. */
export function exampleTabs(): { query: string }[] {
  const byName = new Map(operationsOf(queries));
  const shown = SHOWN.flatMap((name) => byName.get(name) ?? []);
  return [...shown, ...operationsOf(refresh).map(([, query]) => query)].map((query) => ({ query }));
}

function operationsOf(source: string): [name: string, query: string][] {
  const { definitions } = parse(source);
  return definitions.map((it, at) => {
    const query = source.slice(definitions[at - 1]?.loc?.end ?? 0, it.loc?.end).trim();
    return [(it.kind === 'OperationDefinition' && it.name?.value) || '', query.split('\n\n').at(-1) ?? query];
  });
}
