import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { queryLink, useData } from '../client.ts';
import { Tools } from '../credits/tools.tsx';
import { CurrencyOptions } from '../currency/currency-options.tsx';
import { knownCode } from '../currency/known-code.ts';
import { messageOf } from '../failure.tsx';
import { day, locale, money, rate } from '../format.ts';
import { ConvertDocument, CurrenciesDocument } from '../generated/graphql.ts';
import { parseAmount } from './amount.ts';

interface Props {
  from: string;
  to: string;
  /** Keeps its entries in the address. */
  inAddress?: boolean;
}

/** Converts between any two currencies, in either direction, at the rates of any day. */
export function Converter({ from, to, inAddress = false }: Props) {
  const { path, query, route } = useLocation();
  const untouched = { amount: '100', from, to, on: '' };
  const [own, setOwn] = useState(untouched);
  const currencies = useData(CurrenciesDocument, { locale }).data?.currencies ?? [];
  const asked = inAddress ? { ...untouched, ...entriesIn(query) } : own;
  const entry = {
    ...asked,
    from: knownCode(asked.from, currencies, from),
    to: knownCode(asked.to, currencies, to),
  };
  const amount = parseAmount(entry.amount, locale);
  const isValid = Number.isFinite(amount);
  const variables = { amount, from: entry.from, to: entry.to, on: entry.on === '' ? null : entry.on };
  const change = (changes: Partial<typeof entry>) => {
    const next = { ...entry, ...changes };
    if (!inAddress) return setOwn(next);
    const parameters = new URLSearchParams({ ...query, ...next });
    if (next.on === '') parameters.delete('on');
    route(`${path}?${parameters}`, true);
  };
  return (
    <>
      <form class="toolbar converter" onSubmit={(event) => event.preventDefault()}>
        <label class="field">
          <span>Amount</span>
          <input
            inputMode="decimal"
            size={9}
            value={entry.amount}
            aria-invalid={!isValid}
            onInput={({ currentTarget }) => change({ amount: currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>From</span>
          <select value={entry.from} onChange={({ currentTarget }) => change({ from: currentTarget.value })}>
            <CurrencyOptions currencies={currencies} />
          </select>
        </label>
        <button
          type="button"
          class="swap"
          aria-label="Swap the currencies"
          onClick={() => change({ from: entry.to, to: entry.from })}
        >
          <span aria-hidden="true">⇄</span>
        </button>
        <label class="field">
          <span>To</span>
          <select value={entry.to} onChange={({ currentTarget }) => change({ to: currentTarget.value })}>
            <CurrencyOptions currencies={currencies} />
          </select>
        </label>
        <label class="field">
          <span>On</span>
          <input
            type="date"
            value={entry.on}
            max={new Date().toISOString().slice(0, 10)}
            onChange={({ currentTarget }) => change({ on: currentTarget.value })}
          />
        </label>
      </form>
      {isValid ? <Result variables={variables} /> : <p class="result">Enter an amount.</p>}
      <Tools
        query={queryLink(ConvertDocument, variables)}
        downloads={[
          ['CSV', `/data/rates.csv?${ratesParameters(entry)}`],
          ['JSON', `/data/rates.json?${ratesParameters(entry)}`],
        ]}
      />
    </>
  );
}

function Result({ variables }: { variables: { amount: number; from: string; to: string; on: string | null } }) {
  const { data, error } = useData(ConvertDocument, variables);
  const [conversion] = data?.convert ?? [];
  if (error)
    return (
      <p class="result" role="status">
        {messageOf(error)}
      </p>
    );
  if (!conversion) return <p class="result" role="status" />;
  return (
    <p class="result" role="status">
      {/* Each in its own direction: otherwise Arabic amounts would change places. */}
      <bdi>{money(conversion.amount, conversion.from)}</bdi> ={' '}
      <strong>
        <bdi>{money(conversion.result, conversion.to)}</bdi>
      </strong>
      <span class="note">
        1 {conversion.from} = {rate(conversion.rate)} {conversion.to}, observed on {day(conversion.date)}
      </span>
    </p>
  );
}

const NAMES = ['amount', 'from', 'to', 'on'] as const;

function entriesIn(query: Record<string, string>): Partial<Record<(typeof NAMES)[number], string>> {
  return Object.fromEntries(NAMES.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])));
}

function ratesParameters({ from, on }: { from: string; on: string }): URLSearchParams {
  return new URLSearchParams(on === '' ? { base: from } : { base: from, on });
}
