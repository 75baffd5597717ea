import { Arg, Ctx, FieldResolver, Float, Query, Resolver, Root } from 'type-graphql';
import { currencyName, currencySymbol } from '../locales.js';
import { DataSource } from '../provenance/provenance.type.js';
import { CurrencyCodeScalar, DateScalar, nullable } from '../scalars.js';
import type { CurrencyService } from './currency.service.js';
import { Conversion, Currency, DateSpan, ExchangeRate, HistoryStep, RatePeriod } from './currency.type.js';
import { PIVOT } from './rates.js';

const LIMIT = 'A request may read at most 100,000 observations of the same days.';

const BaseArg = Arg('base', () => CurrencyCodeScalar, {
  defaultValue: PIVOT,
  description: 'The base currency: the rate is for one unit of it.',
});
const OnArg = Arg(
  'on',
  () => DateScalar,
  nullable('Uses the last observations up to that day. By default, or for a future day, the latest.'),
);
const FromArg = Arg('from', () => DateScalar, { description: 'The first day.' });
const ToArg = Arg('to', () => DateScalar, nullable('The last day. By default, that of the last observation.'));
const LocaleArg = Arg('locale', () => String, nullable('A BCP 47 tag such as `de` or `pt-BR`.'));

/** The part of the request context that these resolvers use. */
export interface CurrencyContext {
  currencies: CurrencyService;
}

@Resolver(() => Currency)
export class CurrencyResolver {
  @Query(() => Currency, nullable('One currency by its code, also one of the past, such as DEM. Null when unknown.'))
  currency(
    @Arg('code', () => CurrencyCodeScalar, { description: 'Such as `CHF`.' }) code: string,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<Currency | null> {
    return currencies.find(code);
  }

  @Query(() => [Currency], {
    description:
      'Currencies ordered by code: those given, or all that a country uses or that have a rate. ' +
      'Unknown codes are left out.',
  })
  currencies(
    @Arg('codes', () => [CurrencyCodeScalar], nullable('At most 1000 codes.'))
    codes: string[] | null | undefined,
    @Arg('hasRate', () => Boolean, nullable('Only those with an exchange rate, or only those without.'))
    hasRate: boolean | null | undefined,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<Currency[]> {
    return currencies.list(codes, hasRate);
  }

  @Query(() => ExchangeRate, {
    name: 'rate',
    ...nullable('Units of `quote` for 1 `base`. Null when either of the two has no observation, or is unknown.'),
  })
  rateOfPair(
    @BaseArg base: string,
    @Arg('quote', () => CurrencyCodeScalar, { description: 'The currency that the rate is given in.' }) quote: string,
    @OnArg on: string | null | undefined,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<ExchangeRate | null> {
    return currencies.rate(quote, base, on);
  }

  @Query(() => [Conversion], {
    nullable: 'items',
    description:
      'Converts an amount to several currencies: one entry for each code of `to`, in its order. ' +
      'An entry without a rate is null, with an error RATE_UNAVAILABLE at its path.',
  })
  convert(
    @Arg('amount', () => Float, { defaultValue: 1, description: 'Units of `from`; may be negative.' }) amount: number,
    @Arg('from', () => CurrencyCodeScalar, { description: 'The currency of `amount`.' }) from: string,
    @Arg('to', () => [CurrencyCodeScalar], { description: 'At most 200 codes.' }) to: string[],
    @OnArg on: string | null | undefined,
    @Ctx() { currencies }: CurrencyContext,
  ) {
    return currencies.convert(amount, from, to, on);
  }

  @FieldResolver(() => String, {
    description: 'In English, or in the language of a BCP 47 tag where Unicode CLDR has a name in it.',
  })
  name(@Root() currency: Currency, @LocaleArg locale: string | null | undefined): string {
    return currencyName(currency, locale);
  }

  @FieldResolver(
    () => String,
    nullable('In English from Unicode CLDR or else the countries source, or as written in a language. Null if none.'),
  )
  symbol(@Root() currency: Currency, @LocaleArg locale: string | null | undefined): string | null {
    return currencySymbol(currency, locale);
  }

  @FieldResolver(
    () => Currency,
    nullable(
      'What the countries that used it last have used since then, such as SLE for SLL. ' +
        'Null while it is legal tender, and if they adopted different ones.',
    ),
  )
  async successor(
    @Root() { successorCode }: Currency,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<Currency | null> {
    return successorCode === null ? null : currencies.find(successorCode);
  }

  @FieldResolver(
    () => ExchangeRate,
    nullable('Units of this currency for 1 `base`. Null when either of the two has no observation.'),
  )
  rate(
    @Root() { code }: Currency,
    @BaseArg base: string,
    @OnArg on: string | null | undefined,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<ExchangeRate | null> {
    return currencies.rate(code, base, on);
  }

  @FieldResolver(() => [ExchangeRate], {
    description:
      'The rates of a range of days, in order, both ends included: only days on which both currencies were observed; ' +
      `see coverage. Refreshes add a day each; \`country-exchange backfill\` adds past days. ${LIMIT}`,
  })
  history(
    @Root() { code }: Currency,
    @BaseArg base: string,
    @FromArg from: string,
    @ToArg to: string | null | undefined,
    @Arg('step', () => HistoryStep, {
      defaultValue: HistoryStep.DAY,
      description: 'Steps other than DAY keep the last point of each period; see `periods` for more figures.',
    })
    step: HistoryStep,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<ExchangeRate[]> {
    return currencies.history(code, { base, from, to, step });
  }

  @FieldResolver(() => [RatePeriod], {
    description:
      'Last, mean, lowest and highest rate of each period, in order. Periods without an observation of both currencies ' +
      `are left out. ${LIMIT}`,
  })
  periods(
    @Root() { code }: Currency,
    @Arg('step', () => HistoryStep, { defaultValue: HistoryStep.MONTH, description: 'The length of the periods.' })
    step: HistoryStep,
    @BaseArg base: string,
    @FromArg from: string,
    @ToArg to: string | null | undefined,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<RatePeriod[]> {
    return currencies.periods(code, { base, from, to, step });
  }

  @FieldResolver(
    () => Float,
    nullable(
      'The change of the rate in percent, between the last observations up to the two days: 5 when 1 `base` costs 5 % ' +
        'more of this currency. Null when there is no observation up to the first day.',
    ),
  )
  change(
    @Root() { code }: Currency,
    @FromArg from: string,
    @ToArg to: string | null | undefined,
    @BaseArg base: string,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<number | null> {
    return currencies.change(code, { base, from, to });
  }

  @FieldResolver(
    () => DateSpan,
    nullable(
      'The days of the first and the last observation: outside them, a history is empty. Null if there is none.',
    ),
  )
  coverage(@Root() { code }: Currency, @Ctx() { currencies }: CurrencyContext): Promise<DateSpan | null> {
    return currencies.coverage(code);
  }
}

@Resolver(() => ExchangeRate)
export class ExchangeRateResolver {
  @FieldResolver(() => DataSource, {
    description:
      'The source of the observation of `quote`, or of `base` when the quote is the US dollar. For a cross rate, see ' +
      '`sources`.',
  })
  async source(@Root() rate: ExchangeRate, @Ctx() { currencies }: CurrencyContext): Promise<DataSource> {
    const [source] = await currencies.sourcesOf(rate);
    return source;
  }

  @FieldResolver(() => [DataSource], {
    description: 'All sources behind it: two when the currencies of a cross rate have different ones.',
  })
  sources(@Root() rate: ExchangeRate, @Ctx() { currencies }: CurrencyContext): Promise<DataSource[]> {
    return currencies.sourcesOf(rate);
  }
}
