import * as v from 'valibot';
import { isCurrencyCode } from '../../currencies/currency-codes.js';
import type { CurrencyRecord, Warning } from './source.js';
import { optionalText } from './text-schema.js';
import { quotedValue } from './upstream-message.js';

/** What a source says of a country's currency: nothing of it is checked. */
export interface CurrencyClaim {
  code: unknown;
  name: unknown;
  symbol: unknown;
}

/** What the tables have room for. */
const LONGEST_SYMBOL = 64;

const currencyFacts = v.object({
  code: v.pipe(
    v.string('it has no code'),
    v.regex(/^[A-Z]{3}$/, 'its code is malformed'),
    v.check(isCurrencyCode, 'its code is none of a currency'),
  ),
  name: optionalText('its name'),
  symbol: optionalText('its symbol', LONGEST_SYMBOL),
});

/** In the source's order and each once: v2 lists the New Zealand dollar twice for Niue. */
export function keptCurrencies(
  country: string,
  claims: CurrencyClaim[],
  warnings: Warning[],
): { kept: CurrencyRecord[]; dropped: number } {
  const kept = new Map<string, CurrencyRecord>();
  const warnedBefore = warnings.length;
  for (const claim of claims) {
    const { success, output, issues } = v.safeParse(currencyFacts, claim, { abortEarly: true });
    if (!success) warnings.push(dropped(country, claim, issues[0].message));
    else if (!kept.has(output.code)) kept.set(output.code, output);
  }
  return { kept: [...kept.values()], dropped: warnings.length - warnedBefore };
}

function dropped(country: string, claim: CurrencyClaim, reason: string): Warning {
  const { code } = claim;
  const currency = typeof code === 'string' && /^[A-Z]{3}$/.test(code) ? code : null;
  const message = `Dropped the currency ${quotedValue(code)} of ${country}: ${reason}`;
  return { code: 'CURRENCY_DROPPED', country, currency, message };
}
