import { expect, test } from 'vitest';
import { Comparison } from '../../scripts/reference/comparison.js';
import { CORRECTIONS } from '../../scripts/reference/corrections.js';

/** Every correction as it is needed: one list has what it overrules. */
function withAllCorrections(but?: string): Comparison {
  const comparison = new Comparison();
  for (const { fact, values } of CORRECTIONS) {
    for (const [of, [value, overruled = '?']] of Object.entries(values)) {
      if (of !== but) expect(comparison.decide(fact, of, [overruled])).toBe(value);
    }
  }
  return comparison;
}

test('lists that agree, and differences that are decided, pass', () => {
  const comparison = withAllCorrections();
  expect(comparison.decide('name', 'CW', ['Curaçao', 'Curacao'])).toBe('Curaçao');
  expect(() => comparison.finish()).not.toThrow();
});

test.each<[string, string, [string, ...string[]]]>([
  ['an undecided difference', 'CH', ['Switzerland', 'Helvetia']],
  ['a new value of a list that a correction does not know', 'CI', ['Ivory Coast', 'Elfenbeinküste']],
  ['a correction that is no longer needed', 'CI', ['Ivory Coast', 'Ivory Coast']],
])('%s stops the script', (_, code, opinions) => {
  const comparison = withAllCorrections();
  comparison.decide('name', code, opinions);
  expect(() => comparison.finish()).toThrow(`name of ${code}: ${JSON.stringify(opinions[0])}`);
});

test('a correction of something that no list has stops the script', () => {
  expect(() => withAllCorrections('AX').finish()).toThrow('name of AX: no list has it');
});
