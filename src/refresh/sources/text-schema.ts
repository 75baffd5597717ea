import * as v from 'valibot';
import { isPlain } from '../../countries/plain-text.js';

/** What the tables have room for. */
const LONGEST_TEXT = 200;

/** One line of text in NFC, white space collapsed and otherwise as it was sent. */
function line(what: string, longest: number) {
  return v.pipe(
    v.string(`${what} is no text`),
    v.transform((text) => (isPlain(text) ? text : text.normalize('NFC').replace(/\s+/gu, ' ').trim())),
    v.check((text) => isShort(text, longest), `${what} is longer than ${longest} characters`),
    v.check(hasCharactersOnly, `${what} holds control characters`),
  );
}

export function requiredText(what: string, longest = LONGEST_TEXT) {
  return v.pipe(v.nullish(line(what, longest), ''), v.minLength(1, `${what} is missing`));
}

/** Null when it is missing or empty. */
export function optionalText(what: string, longest = LONGEST_TEXT) {
  return v.pipe(
    v.nullish(line(what, longest), ''),
    v.transform((text) => text || null),
  );
}

/** Also when it is spelt out for look-ups: one Arabic ligature stands for a phrase of eighteen letters. */
function isShort(text: string, longest: number): boolean {
  return text.length <= longest && (isPlain(text) || text.normalize('NFKD').length <= 2 * longest);
}

/** Lone surrogates are none, and databases refuse them as they refuse control characters. */
function hasCharactersOnly(text: string): boolean {
  return isPlain(text) || /^[^\p{Cc}\p{Cs}]*$/u.test(text);
}
