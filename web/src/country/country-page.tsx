import type { ComponentChildren } from 'preact';
import { useRoute } from 'preact-iso';
import { queryLink, useData } from '../client.ts';
import { Converter } from '../convert/converter.tsx';
import { Citation } from '../credits/citation.tsx';
import { Tools } from '../credits/tools.tsx';
import { RateHistory } from '../currency/rate-history.tsx';
import { isPlaceholder } from '../explorer/metrics.ts';
import { Waiting } from '../failure.tsx';
import { Flag } from '../flag.tsx';
import { capitalized, count, day, locale, rate } from '../format.ts';
import { CountryDocument, type CountryQuery } from '../generated/graphql.ts';
import { Heading } from '../heading.tsx';
import { GdpFigure } from './gdp-figure.tsx';
import { Locator } from './locator.tsx';

export type CountryFacts = NonNullable<CountryQuery['country']>;

export function CountryPage() {
  const { params } = useRoute();
  const code = params.code ?? '';
  return /^[a-z]{2,3}$/i.test(code) ? <OneCountry key={code} code={code} /> : <NoCountry code={code} />;
}

function NoCountry({ code }: { code: string }) {
  return (
    <div class="column">
      <Heading title={`No country has the code ${code}`} />
      <p class="standfirst">
        <a href="/">All countries</a>
      </p>
    </div>
  );
}

function OneCountry({ code }: { code: string }) {
  const variables = { code, locale };
  const answer = useData(CountryDocument, variables);
  const country = answer.data?.country;
  if (answer.data && !country) return <NoCountry code={code} />;
  if (!country) return <Waiting answer={answer} />;
  const [currency] = country.currencies;
  return (
    <>
      <article class="column">
        <div class="intro">
          <div>
            <p class="crumbs">
              <a href="/">All countries</a>
              {country.region && (
                <>
                  {' / '}
                  <a href={`/?region=${country.region}`}>{capitalized(country.region)}</a>
                </>
              )}
            </p>
            <Heading title={country.name}>
              <Flag code={country.code} size={48} /> <span lang={locale}>{country.name}</span>
            </Heading>
            <p class="standfirst">{namesOf(country)}</p>
            <GdpFigure country={country} />
          </div>
          <Locator country={country} />
        </div>
        <Facts country={country} />
        <Tools
          query={queryLink(CountryDocument, variables)}
          downloads={[['all countries (CSV)', '/data/countries.csv'], ...historyDownloads(currency?.code)]}
        />
        {!isPlaceholder(country) && (
          <Citation
            id={`gdp-${country.code}`}
            title={`GDP estimate of ${country.name}`}
            value={country.gdp.value == null ? 'no estimate' : `${country.gdp.value.toFixed(0)} US dollars a year`}
            observed={country.gdp.year == null ? null : String(country.gdp.year)}
            sources={[country.gdp.source?.attribution, country.gdp.populationSource?.attribution]}
          />
        )}
      </article>
      {currency?.rate && currency.code !== 'USD' && (
        <section class="column">
          <h2>
            <a href={`/currency/${currency.code}`}>{currency.name}</a> for one US dollar
          </h2>
          <RateHistory code={currency.code} base="USD" />
        </section>
      )}
      {currency?.rate && (
        <section class="column">
          <h2>Convert</h2>
          <Converter from={currency.code} to={currency.code === 'EUR' ? 'USD' : 'EUR'} />
        </section>
      )}
    </>
  );
}

function historyDownloads(code: string | undefined): [string, string][] {
  return code === undefined ? [] : [[`rates of ${code} (CSV)`, `/data/history/${code}.csv`]];
}

function namesOf({ name, officialName, nativeNames }: CountryFacts): string {
  const names = [officialName, ...nativeNames.map((it) => it.name)].filter((it) => it && it !== name);
  return [...new Set(names)].slice(0, 6).join(' · ');
}

function Facts({ country }: { country: CountryFacts }) {
  const { capitals, subregion, region, population, areaKm2, languages, borders, currencies } = country;
  const { callingCodes, topLevelDomains, timezones, alpha3, numeric, code } = country;
  return (
    <dl class="facts">
      <Fact label={capitals.length > 1 ? 'Capitals' : 'Capital'}>{capitals.join(', ') || '–'}</Fact>
      <Fact label="Population">{population == null ? '–' : `${count(population)}`}</Fact>
      <Fact label="Area">{areaKm2 == null ? '–' : `${count(areaKm2)} km²`}</Fact>
      <Fact label="Region">{subregion ?? (region ? capitalized(region) : '–')}</Fact>
      <Fact label={currencies.length > 1 ? 'Currencies' : 'Currency'}>
        {currencies.length === 0 && '–'}
        {currencies.map((it) => (
          <span key={it.code} class="line">
            <a href={`/currency/${it.code}`}>
              {it.name} ({it.code})
            </a>
            {it.rate && it.code !== 'USD' && (
              <span class="note">
                {rate(it.rate.rate)} for 1 USD on {day(it.rate.date)}
              </span>
            )}
          </span>
        ))}
      </Fact>
      <Fact label="Codes">{[code, alpha3, numeric].filter(Boolean).join(' · ')}</Fact>
      <Fact label="Calling codes">{callingCodes.join(', ') || '–'}</Fact>
      <Fact label="Top-level domains">{topLevelDomains.join(', ') || '–'}</Fact>
      <Fact label="Time zones" isWide>
        {timezones.length > 4
          ? `${timezones.slice(0, 4).join(', ')} and ${timezones.length - 4} more`
          : timezones.join(', ') || '–'}
      </Fact>
      <Fact label="Languages" isWide>
        {languages.length === 0 && '–'}
        {languages.map(({ code, name, nativeName }) => (
          <span key={code} class="item">
            {name}{' '}
            {nativeName && nativeName !== name && (
              <span class="note" lang={code}>
                {nativeName}
              </span>
            )}
          </span>
        ))}
      </Fact>
      <Fact label="Neighbours" isWide>
        {borders.length === 0 && 'None by land'}
        <span class="chips">
          {borders.map((it) => (
            <a key={it.code} href={`/country/${it.code}`}>
              <Flag code={it.code} size={18} /> {it.name}
            </a>
          ))}
        </span>
      </Fact>
    </dl>
  );
}

function Fact({ label, isWide = false, children }: { label: string; isWide?: boolean; children: ComponentChildren }) {
  return (
    <div class={isWide ? 'spread' : undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
