import fc from 'fast-check';
import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { packTransaction } from '../../../src/db/mysql/batch-writer.js';

it('puts a transaction of the usual size into one packet', () => {
  const packets = [...packTransaction([statement('insert'), statement('update')], last, 1_000_000)];
  expect(packets).toEqual([{ text: "begin;insert 'x';update 'x';count up;commit", done: 2, commits: true }]);
});

it('keeps every statement, in order, in packets of the size, of which the last alone commits', () => {
  const value = fc
    .tuple(fc.constantFrom('x', 'é', '😀'), fc.nat(300))
    .map(([text, count]) => text.repeat(count));
  const sizes = fc.integer({ min: 300, max: 2_000 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), sizes, (values, maxBytes) => {
      const packets = [
        ...packTransaction(
          values.map((text) => statement('insert', text)),
          last,
          maxBytes,
        ),
      ];
      const sent = packets.map(({ text }) => text).join(';');
      expect(sent).toBe(
        ['begin', ...values.map((text) => `insert '${text}'`), 'count up', 'commit'].join(';'),
      );
      expect(packets.map(({ commits }) => commits)).toEqual(
        packets.map((_, at) => at === packets.length - 1),
      );
      for (const { text } of packets) {
        const isOneStatement = text.replace(/^begin;|;count up;commit$/g, '').split(';').length === 1;
        expect(isOneStatement || Buffer.byteLength(text) <= maxBytes).toBe(true);
      }
    }),
  );
});

it('escapes what is bound', () => {
  const nasty = `'; drop table countries; -- \\' \0 ?`;
  const [packet] = packTransaction(
    [CompiledQuery.raw('select ?, ?', [nasty, '?'])].map(asStatement),
    last,
    1_000,
  );
  expect(packet?.text).toBe(
    `begin;select '\\'; drop table countries; -- \\\\\\' \\0 ?', '?';count up;commit`,
  );
});

const last = asStatement(CompiledQuery.raw('count up'));

function statement(text: string, value = 'x') {
  return asStatement(CompiledQuery.raw(`${text} ?`, [value]));
}

function asStatement(query: CompiledQuery) {
  return { compile: () => query };
}
