/** Without the backtick, which a name key writes otherwise. */
const PLAIN = /^[!-_a-~]+(?: [!-_a-~]+)*$/;

/**
 * True of a line of ASCII with single blanks between its words: as it is in every Unicode normal form, without marks,
 * control characters and white space to be collapsed. Most names are, and to know it is cheaper than to fold them.
 */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}
