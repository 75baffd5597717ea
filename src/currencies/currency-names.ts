import { displayNames } from '../locales.js';
import type { Currency } from './currency.type.js';

/** The name in the language asked for; in English as the source tells it, else as Unicode CLDR has it, else the code. */
export function currencyName({ code, englishName }: Currency, locale?: string): string {
  if (locale === undefined && englishName) return englishName;
  return displayNames('currency', locale ?? 'en').of(code) ?? englishName ?? code;
}
