import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storedTexts } from '../../src/countries/stored-texts.js';

it.each([[[]], [['']], [['"']], [['\\']], [['", "']], [['Bern']], [['Sucre', 'La Paz']]])(
  'texts come back as they were stored: %j',
  (texts) => {
    expect(storedTexts(JSON.stringify(texts))).toEqual(texts);
  },
);

it('any texts come back as they were stored', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', '\\', 'n', ',', ' ', '[', ']') }),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), (texts) => {
      expect(storedTexts(JSON.stringify(texts))).toEqual(texts);
    }),
    { numRuns: 1_000 },
  );
});

it('what is no list is an error', () => {
  for (const json of ['', '[', '["', '["a', '["a"', '["]', '[""x', 'x'])
    expect(() => storedTexts(json)).toThrow(SyntaxError);
});
