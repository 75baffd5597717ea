import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { CurrencyCodeScalar } from '../scalars.js';
import type { CurrencyContext } from './currency.loaders.js';
import { Currency } from './currency.type.js';
import { IsoStatus, isoStatus, minorUnit, numericCode } from './currency-codes.js';
import { currencyName } from './currency-names.js';
import { currencySymbol } from './currency-symbols.js';

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
