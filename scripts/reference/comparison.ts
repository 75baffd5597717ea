import { nameKey } from '../../src/countries/name-key.js';
import { CORRECTIONS, type Fact } from './corrections.js';

type Same = (a: string, b: string) => boolean;

const sameKey: Same = (a, b) => nameKey(a) === nameKey(b);

/** Compares what several lists say about a fact. Every difference needs a row in the table of corrections. */
export class Comparison {
  readonly #problems: string[] = [];
  readonly #used = new Set<string>();

  /** The first opinion, or what the table says instead. A list is one text: slashes separate its values. */
  decide(fact: Fact, of: string, opinions: readonly [string, ...string[]], same: Same = sameKey): string {
    const correction = CORRECTIONS.map((group) => (group.fact === fact ? group.values[of] : undefined)).find(Boolean);
    const [value, ...overruled] = correction ?? [opinions[0]];
    const told = `${fact} of ${of}: ${opinions.map((it) => JSON.stringify(it)).join(', ')}`;
    if (!opinions.every((it) => same(it, value) || overruled.includes(it))) this.#problems.push(`${told} differ`);
    if (correction) {
      this.#used.add(`${fact} ${of}`);
      if (opinions.every((it) => it === value)) this.#problems.push(`${told} need no correction any more`);
    }
    return value;
  }

  /** Throws with the list of what the table has to decide, or no longer needs to. */
  finish(): void {
    for (const { fact, values } of CORRECTIONS) {
      const unused = Object.keys(values).filter((of) => !this.#used.has(`${fact} ${of}`));
      this.#problems.push(...unused.map((of) => `${fact} of ${of}: no list has it`));
    }
    if (this.#problems.length === 0) return;
    throw new Error(`Decide these in scripts/reference/corrections.ts:\n${this.#problems.join('\n')}`);
  }
}
