/** Letters that run from right to left, and the marks and digits that go with them. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f]/;

/**
 * Keeps a text in its own direction inside an English sentence, where the parts of an Arabic or Hebrew day would change
 * places. Only where it is needed: the marks are invisible, but a spreadsheet would take a number with them for a text.
 */
export function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
