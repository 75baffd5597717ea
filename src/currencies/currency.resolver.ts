import { Arg, Ctx, FieldResolver, Float, Int, Query, Resolver, Root } from 'type-graphql';
import { CurrencyCodeScalar, DateScalar } from '../scalars.js';
import type { CurrencyContext } from './currency.loaders.js';
import { exchangeRate } from './currency.service.js';
import { Conversion, Currency, ExchangeRate } from './currency.type.js';
import { IsoStatus, isoStatus, minorUnit, numericCode } from './currency-codes.js';
import { currencyName, currencySymbol } from './currency-labels.js';
import { checkRange, crossHistory, HistoryStep, lastDayFrom, PIVOT, thinOut } from './rates.js';

@Resolver(() => Currency)
export class CurrencyResolver {
  @Query(() => Currency, { nullable: true, description: 'One currency by its code. Null when unknown.' })
  currency(
    @Arg('code', () => CurrencyCodeScalar, { description: 'Such as `CHF`.' }) code: string,
    @Ctx() { currencyLoaders }: CurrencyContext,
  ): Promise<Currency | null> {
    return currencyLoaders.currency.load(code);
  }

  @Query(() => [Currency], {
    description:
      'Currencies by code: all that a country uses or that has a rate, or those asked for that are known.',
  })
  async currencies(
    @Arg('codes', () => [CurrencyCodeScalar], { nullable: true, description: 'At most 1000 codes.' })
    codes: string[] | null | undefined,
    @Arg('hasRate', () => Boolean, {
      nullable: true,
      description: 'Only those with an exchange rate, or only those without.',
    })
    hasRate: boolean | null | undefined,
    @Ctx() { currencies }: CurrencyContext,
  ): Promise<Currency[]> {
    return currencies.list({ codes, hasRate });
  }

  @FieldResolver(() => String, {
    description: 'In English, or in the language of a BCP 47 tag where Unicode CLDR knows the name in it.',
  })
  name(
    @Root() currency: Currency,
    @Arg('locale', () => String, { nullable: true, description: 'A BCP 47 tag such as `de` or `pt-BR`.' })
    locale: string | null | undefined,
  ): string {
    return currencyName(currency, locale || undefined);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The sign it is written with: as the source of the countries tells it, else from Unicode CLDR; with a locale as ' +
      'it is written in that language. Null when there is none but the code.',
  })
  symbol(
    @Root() currency: Currency,
    @Arg('locale', () => String, { nullable: true, description: 'A BCP 47 tag such as `de` or `pt-BR`.' })
    locale: string | null | undefined,
  ): string | null {
    return currencySymbol(currency, locale || undefined);
  }

  @FieldResolver(() => IsoStatus, {
    description: 'Whether the code is current, withdrawn or never was in ISO 4217.',
  })
  isoStatus(@Root() { code }: Currency): IsoStatus {
    return isoStatus(code);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'ISO 4217 numeric, three digits. Null for the codes that ISO does not list.',
  })
  numeric(@Root() { code }: Currency): string | null {
    return numericCode(code);
  }

  @FieldResolver(() => Int, {
    description: 'Decimal places of amounts: the minor unit of ISO 4217; 2 where ISO names none.',
  })
  minorUnit(@Root() { code }: Currency): number {
    return minorUnit(code);
  }
}

/** What currencies are worth in each other. */
@Resolver(() => Currency)
export class RateResolver {
  @Query(() => [Conversion], {
    nullable: 'items',
    description:
      'An amount in several currencies at once, one entry for each code of `to` in its order. ' +
      'Where there is no rate the entry is null, with an error RATE_UNAVAILABLE at its path.',
  })
  convert(
    @Arg('amount', () => Float, { description: 'Units of `from`; negative amounts are converted as well.' })
    amount: number,
    @Arg('from', () => CurrencyCodeScalar, { description: 'The currency of `amount`.' }) from: string,
    @Arg('to', () => [CurrencyCodeScalar], { description: 'At most 200 codes.' }) to: string[],
    @Arg('on', () => DateScalar, {
      nullable: true,
      description: 'With the last observations up to that day; without it, with the last of all.',
    })
    on: string | null | undefined,
    @Ctx() { rates }: CurrencyContext,
  ) {
    return rates.convert(amount, from, to, on ?? undefined);
  }

  @FieldResolver(() => ExchangeRate, {
    nullable: true,
    description:
      'Units of this currency for 1 `base`; on a past day the last observation up to it. ' +
      'Null when there is no observation of one of the two.',
  })
  async rate(
    @Root() { code }: Currency,
    @Arg('base', () => CurrencyCodeScalar, {
      defaultValue: PIVOT,
      description: 'The currency of which one unit is told.',
    })
    base: string,
    @Arg('on', () => DateScalar, {
      nullable: true,
      description:
        'With the last observations up to that day; without it, or ahead of time, with the last of all.',
    })
    on: string | null | undefined,
    @Ctx() { currencyLoaders }: CurrencyContext,
  ): Promise<ExchangeRate | null> {
    const [from, to] = await Promise.all([
      currencyLoaders.observation(base, on ?? undefined),
      currencyLoaders.observation(code, on ?? undefined),
    ]);
    return from && to ? exchangeRate(from, to) : null;
  }

  @FieldResolver(() => [ExchangeRate], {
    description:
      'The rates from one day to another, both included and at most 3660 days apart, in the order of the days: only ' +
      'days on which both currencies were observed. How far back they go is up to the refreshes and backfills so far.',
  })
  async history(
    @Root() { code }: Currency,
    @Arg('base', () => CurrencyCodeScalar, {
      defaultValue: PIVOT,
      description: 'The currency of which one unit is told.',
    })
    base: string,
    @Arg('from', () => DateScalar, { description: 'The first day.' }) from: string,
    @Arg('to', () => DateScalar, {
      nullable: true,
      description: 'The last day; it may lie ahead. Without it, as many days as a history may have.',
    })
    to: string | null | undefined,
    @Arg('step', () => HistoryStep, {
      defaultValue: HistoryStep.DAY,
      description: 'Fewer points: the last of each week or month.',
    })
    step: HistoryStep,
    @Ctx() { currencyLoaders }: CurrencyContext,
  ): Promise<ExchangeRate[]> {
    const last = to ?? lastDayFrom(from);
    checkRange(from, last);
    const series = (currency: string) => currencyLoaders.series(currency, from, last);
    const [baseSeries, quoteSeries] = await Promise.all([series(base), series(code)]);
    return thinOut(crossHistory([base, baseSeries], [code, quoteSeries]), step);
  }
}
