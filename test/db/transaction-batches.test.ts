import fc from 'fast-check';
import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { transactionBatches } from '../../src/db/batch-writer.js';
import { mysqlText } from '../../src/db/mysql/mysql-batches.js';

it('puts a transaction of the usual size into one batch', () => {
  const batches = [
    ...transactionBatches([statement('insert'), statement('update')], last, {
      textOf: mysqlText,
      maxBatchBytes: 1_000_000,
    }),
  ];
  expect(batches).toEqual([{ text: "begin;insert 'x';update 'x';count up;commit", done: 2, commits: true }]);
});

it('keeps every statement, in order, in batches of the given size, of which only the last commits', () => {
  const value = fc.tuple(fc.constantFrom('x', 'é', '😀'), fc.nat(300)).map(([text, count]) => text.repeat(count));
  const sizes = fc.integer({ min: 300, max: 2_000 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), sizes, (values, maxBatchBytes) => {
      const batches = [
        ...transactionBatches(
          values.map((text) => statement('insert', text)),
          last,
          { textOf: mysqlText, maxBatchBytes },
        ),
      ];
      const sent = batches.map(({ text }) => text).join(';');
      expect(sent).toBe(['begin', ...values.map((text) => `insert '${text}'`), 'count up', 'commit'].join(';'));
      expect(batches.map(({ commits }) => commits)).toEqual(batches.map((_, at) => at === batches.length - 1));
      for (const { text } of batches) {
        const isOneStatement = text.replace(/^begin;|;count up;commit$/g, '').split(';').length === 1;
        expect(isOneStatement || Buffer.byteLength(text) <= maxBatchBytes).toBe(true);
      }
    }),
  );
});

it('escapes bound values', () => {
  const nasty = `'; drop table countries; -- \\' \0 ?`;
  const select = asStatement(CompiledQuery.raw('select ?, ?', [nasty, '?']));
  const [batch] = transactionBatches([select], last, { textOf: mysqlText, maxBatchBytes: 1_000 });
  expect(batch?.text).toBe(`begin;select '\\'; drop table countries; -- \\\\\\' \\0 ?', '?';count up;commit`);
});

const last = asStatement(CompiledQuery.raw('count up'));

function statement(text: string, value = 'x') {
  return asStatement(CompiledQuery.raw(`${text} ?`, [value]));
}

function asStatement(query: CompiledQuery) {
  return { compile: () => query };
}
