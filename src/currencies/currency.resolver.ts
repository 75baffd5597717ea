import { Arg, Ctx, FieldResolver, Float, Query, Resolver, Root } from 'type-graphql';
import { CurrencyCodeScalar, DateScalar } from '../scalars.js';
import type { CurrencyContext } from './currency.loaders.js';
import { Conversion, Currency, ExchangeRate } from './currency.type.js';
import { currencyName } from './currency-names.js';
import { exchangeRate, PIVOT } from './rate.service.js';

@Resolver(() => Currency)
export class CurrencyResolver {
  @Query(() => Currency, { nullable: true, description: 'One currency by its code. Null when unknown.' })
  currency(
    @Arg('code', () => CurrencyCodeScalar) code: string,
    @Ctx() { currencyLoaders }: CurrencyContext,
  ): Promise<Currency | null> {
    return currencyLoaders.currency.load(code);
  }

  @Query(() => [Conversion], {
    nullable: 'items',
    description:
      'An amount in several currencies at once, one entry for each code of `to` in its order. ' +
      'Where there is no rate the entry is null, with an error RATE_UNAVAILABLE at its path.',
  })
  convert(
    @Arg('amount', () => Float, { description: 'Units of `from`; negative amounts are converted as well.' })
    amount: number,
    @Arg('from', () => CurrencyCodeScalar) from: string,
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

  @FieldResolver(() => String, {
    description: 'In English, or in the language of a BCP 47 tag where Unicode CLDR knows the name in it.',
  })
  name(
    @Root() currency: Currency,
    @Arg('locale', () => String, { nullable: true }) locale: string | null | undefined,
  ): string {
    return currencyName(currency, locale ?? undefined);
  }

  @FieldResolver(() => ExchangeRate, {
    nullable: true,
    description:
      'Units of this currency for 1 `base`; on a past day the last observation up to it. ' +
      'Null when there is no observation of one of the two.',
  })
  async rate(
    @Root() { code }: Currency,
    @Arg('base', () => CurrencyCodeScalar, { defaultValue: PIVOT }) base: string,
    @Arg('on', () => DateScalar, { nullable: true }) on: string | null | undefined,
    @Ctx() { currencyLoaders }: CurrencyContext,
  ): Promise<ExchangeRate | null> {
    const [from, to] = await Promise.all([
      currencyLoaders.observation(base, on ?? undefined),
      currencyLoaders.observation(code, on ?? undefined),
    ]);
    return from && to ? exchangeRate(from, to) : null;
  }
}
