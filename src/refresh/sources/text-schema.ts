import * as v from 'valibot';

const LONGEST_TEXT = 200;

/** One line of text in NFC, white space collapsed and otherwise as it was sent. */
function line(what: string) {
  return v.pipe(
    v.string(`${what} is no text`),
    v.transform((text) => text.normalize('NFC').replace(/\s+/gu, ' ').trim()),
    v.maxLength(LONGEST_TEXT, `${what} is longer than ${LONGEST_TEXT} characters`),
    // Lone surrogates are no characters either, and databases refuse both.
    v.regex(/^[^\p{Cc}\p{Cs}]*$/u, `${what} holds control characters`),
  );
}

export function requiredText(what: string) {
  return v.pipe(v.nullish(line(what), ''), v.minLength(1, `${what} is missing`));
}

/** Null when it is missing or empty. */
export function optionalText(what: string) {
  return v.pipe(
    v.nullish(line(what), ''),
    v.transform((text) => text || null),
  );
}
