import { useLocation, useRoute } from 'preact-iso';
import { queryLink, useData } from '../client.ts';
import { Converter } from '../convert/converter.tsx';
import { Citation } from '../credits/citation.tsx';
import { Tools } from '../credits/tools.tsx';
import { Waiting } from '../failure.tsx';
import { Flag } from '../flag.tsx';
import { day, locale, rate } from '../format.ts';
import { CurrenciesDocument, CurrencyDocument, type CurrencyQuery, type IsoStatus } from '../generated/graphql.ts';
import { Heading } from '../heading.tsx';
import { CurrencyOptions } from './currency-options.tsx';
import { knownCode } from './known-code.ts';
import { RateHistory } from './rate-history.tsx';

type CurrencyFacts = NonNullable<CurrencyQuery['currency']>;

export function CurrencyPage() {
  const { params } = useRoute();
  const code = (params.code ?? '').toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? <OneCurrency key={code} code={code} /> : <NoCurrency code={code} />;
}

function NoCurrency({ code }: { code: string }) {
  return (
    <div class="column">
      <Heading title={`No currency has the code ${code}`} />
      <p class="standfirst">
        <a href="/">All countries</a>
      </p>
    </div>
  );
}

function OneCurrency({ code }: { code: string }) {
  const { path, query, route } = useLocation();
  const currencies = useData(CurrenciesDocument, { locale }).data?.currencies ?? [];
  const bases = currencies.filter((it) => it.rate && it.code !== code);
  const base = knownCode(query.base, bases, code === 'USD' ? 'EUR' : 'USD');
  const variables = { code, base, locale };
  const answer = useData(CurrencyDocument, variables);
  const currency = answer.data?.currency;
  if (answer.data && !currency) return <NoCurrency code={code} />;
  if (!currency) return <Waiting answer={answer} />;
  return (
    <>
      <article class="column">
        <p class="crumbs">
          <a href="/">All countries</a> / Currencies
        </p>
        <Heading title={currency.name}>
          <span lang={locale}>{currency.name}</span> <span class="code">{currency.code}</span>
        </Heading>
        <p class="standfirst">{standingOf(currency)}</p>
        {currency.successor && (
          <p>
            Followed by the <a href={`/currency/${currency.successor.code}`}>{currency.successor.name}</a>.
          </p>
        )}
        <div class="toolbar">
          <label class="field inline">
            <span>Rate for one</span>
            <select value={base} onChange={({ currentTarget }) => route(`${path}?base=${currentTarget.value}`, true)}>
              <CurrencyOptions currencies={bases} />
            </select>
          </label>
        </div>
        <CurrentRate currency={currency} base={base} />
        {currency.coverage && <RateHistory code={currency.code} base={base} />}
        <Citation
          id={`rate-${currency.code}-${base}`}
          title={`Exchange rate of ${currency.code} for 1 ${base}`}
          value={currency.rate ? `${currency.rate.rate} ${currency.code}` : 'no rate'}
          observed={currency.rate?.date ?? null}
          sources={currency.rate?.sources.map((it) => it.attribution) ?? []}
        />
      </article>
      <section class="column">
        <h2>Convert</h2>
        <Converter from={currency.code} to={base} />
      </section>
      <section class="column">
        <h2>Where it is used</h2>
        {currency.countries.length === 0 && <p>No country uses it today.</p>}
        <p class="chips">
          {currency.countries.map((it) => (
            <a key={it.code} href={`/country/${it.code}`}>
              <Flag code={it.code} size={18} /> {it.name}
            </a>
          ))}
        </p>
        <Tools query={queryLink(CurrencyDocument, variables)} />
      </section>
    </>
  );
}

function CurrentRate({ currency, base }: { currency: CurrencyFacts; base: string }) {
  return (
    <div class="figure-block">
      <p class="label">
        {currency.code} for 1 {base}
      </p>
      <p class="big">{currency.rate ? rate(currency.rate.rate) : 'No rate'}</p>
      {currency.rate && (
        <p class="note">
          Observed on {day(currency.rate.date)}. Source: {currency.rate.sources.map((it) => it.attribution).join('; ')}.
        </p>
      )}
    </div>
  );
}

const STATUS: Record<IsoStatus, string> = {
  CURRENT: 'ISO 4217',
  HISTORIC: 'withdrawn from ISO 4217',
  NON_ISO: 'not in ISO 4217',
};

function standingOf({ symbol, numeric, isoStatus, minorUnit, validFrom, validTo }: CurrencyFacts): string {
  const span =
    validFrom && `legal tender ${validTo ? `from ${day(validFrom)} to ${day(validTo)}` : `since ${day(validFrom)}`}`;
  const code = `${STATUS[isoStatus]}${numeric ? ` number ${numeric}` : ''}`;
  return [symbol, code, `${minorUnit} decimal places`, span].filter(Boolean).join(' · ');
}
