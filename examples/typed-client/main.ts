/** Run it beside a server: node --import tsx examples/typed-client/main.ts http://127.0.0.1:4000/graphql */
import { ask } from './client.js';
import {
  ConvertPriceDocument,
  type CountryLineFragment,
  CountryPageDocument,
  type CountryPageQuery,
  CurrencyPickerDocument,
} from './generated/graphql.js';

const url = process.argv[2] ?? 'http://127.0.0.1:4000/graphql';

await showPicker('de');
await showPrice(1999.99, 'EUR', ['JPY', 'USD', 'KPW']);
for await (const country of countriesOf('OCEANIA')) console.log(lineOf(country));

async function showPicker(locale: string): Promise<void> {
  const { data } = await ask(url, CurrencyPickerDocument, { locale });
  const options = data?.currencies.map(({ code, name, symbol }) => `${code} ${name} (${symbol ?? code})`) ?? [];
  console.log(`${options.length} currencies, the first: ${options[0]}`);
}

/** An amount that cannot be told is null, with an error at its place: the others are answered all the same. */
async function showPrice(amount: number, from: string, to: string[]): Promise<void> {
  const { data, errors } = await ask(url, ConvertPriceDocument, { amount, from, to });
  for (const entry of data?.convert ?? []) {
    if (entry) console.log(`${amount} ${from} = ${entry.result} ${entry.to} (${entry.date})`);
  }
  for (const { extensions, message } of errors) console.log(`${extensions?.code}: ${message}`);
}

async function* countriesOf(
  region: 'AFRICA' | 'AMERICAS' | 'ASIA' | 'EUROPE' | 'OCEANIA',
): AsyncGenerator<CountryLineFragment> {
  let after: string | null = null;
  do {
    const { data }: { data: CountryPageQuery | null } = await ask(url, CountryPageDocument, {
      region,
      first: 10,
      after,
    });
    if (!data) throw new Error('The server did not answer');
    yield* data.countries.nodes;
    const { hasNextPage, endCursor }: CountryPageQuery['countries']['pageInfo'] = data.countries.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
}

function lineOf({ flagEmoji, name, capital, population, currency }: CountryLineFragment): string {
  const people = population === null ? 'unknown' : population.toLocaleString('en');
  return `${flagEmoji} ${name}: ${capital ?? 'no capital'}, ${people} people, ${currency?.code ?? 'no currency'}`;
}
