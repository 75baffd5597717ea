/**
 * The code of a currency in an address, if it is one of these; the other one if not. Before these have arrived, any may
 * be one of them.
 */
export function knownCode(asked: string | undefined, known: readonly { code: string }[], otherwise: string): string {
  const code = asked?.toUpperCase() ?? '';
  const isKnown = known.length === 0 ? /^[A-Z]{3}$/.test(code) : known.some((it) => it.code === code);
  return isKnown ? code : otherwise;
}
