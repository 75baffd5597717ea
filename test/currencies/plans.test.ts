import { CompiledQuery, type Kysely, type KyselyPlugin, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { SnapshotCache } from '../../src/countries/snapshot-cache.js';
import { CurrencyService } from '../../src/currencies/currency.service.js';
import { HistoryStep } from '../../src/currencies/currency.type.js';
import { addDays } from '../../src/days.js';
import type { Database } from '../../src/db/database.js';
import type { Tables } from '../../src/db/tables.js';
import { backfill } from '../../src/refresh/backfill.js';
import { readStored } from '../../src/refresh/repository.js';
import type { DaySpan } from '../../src/sources/source.js';
import { type DialectName, describeEachDatabase } from '../databases.js';
import { codes, rateRow } from '../db/rows.js';

const CURRENCIES = [...codes(169), 'EUR'];
/** With fewer, a database may rightly prefer to read all rows. */
const DAYS = 730;
const FIRST = '2020-01-01';
const [FROM, TO] = [addDays(FIRST, 60), addDays(FIRST, 67)];

describe('the plans of the statements that concern the history of rates', () => {
  describeEachDatabase((open, dialect) => {
    const statements = new Statements();
    let database: Database;
    let observed: Database;
    beforeAll(async () => {
      database = (await open()).database;
      const currencies = CURRENCIES.map((code) => ({ code, name: null, symbol: null }));
      const days = Array.from({ length: DAYS }, (_, day) => addDays(FIRST, day));
      const rates = days.flatMap((day) => CURRENCIES.map((code) => rateRow(code, 1, day)));
      const writer = database.openWriter();
      const filling = [
        ...database.upsert('currencies', currencies, ['code'], 1000),
        ...database.upsert('exchange_rates', rates, ['currency_code', 'observed_on'], 1000),
      ];
      await writer.write(filling, { wasCommitted: async () => false });
      writer.close();
      await sql.raw(`analyze ${dialect === 'mysql' ? 'table ' : ''}exchange_rates`).execute(database.kysely);
      statements.kysely = database.kysely;
      observed = { ...database, kysely: database.kysely.withPlugin(statements) };
    });

    const service = () => new CurrencyService(new SnapshotCache(observed).pinned());

    it.each<[string, () => Promise<unknown>]>([
      ['the latest rates', () => new SnapshotCache(observed).current()],
      ['a conversion on a past day', () => service().convert(1, 'AA', ['AB', 'AC'], TO)],
      ['a change', () => service().change('AA', { base: 'EUR', from: FROM, to: TO })],
      ['a history', () => service().history('AA', { base: 'EUR', from: FROM, to: TO, step: HistoryStep.MONTH })],
      ['averages', () => service().periods('AA', { base: 'EUR', from: FROM, to: TO, step: HistoryStep.WEEK })],
      ['a coverage', () => service().coverage('AA')],
      ['a download', () => service().longHistory('AA', { base: 'EUR', from: FROM, to: TO, step: HistoryStep.DAY })],
      ['a refresh', () => readStored(observed)],
      ['a backfill', () => backfillOf(observed, false)],
      ['a repeated backfill', () => backfillOf(observed, true)],
    ])('of %s', async (_, run) => {
      statements.seen.clear();
      await run();
      expect(statements.seen.size).toBeGreaterThan(0);
      for (const statement of statements.seen.values()) {
        const reads = readsOf(dialect, await explain(database.kysely, dialect, statement));
        expect(reads.length, statement.sql).toBeGreaterThan(0);
        // Where only the first or last row is read, the currency is enough.
        const byKey =
          dialect === 'mysql' && / limit /.test(statement.sql) && !/[<>]/.test(statement.sql)
            ? /PRIMARY/
            : BY_KEY[dialect];
        for (const read of reads) expect(read, statement.sql).toMatch(byKey);
      }
    });
  });
});

type Plan = Record<string, unknown>[];

// MySQL 9 shows a tree unless it is told otherwise.
const COMMANDS = { sqlite: 'explain query plan', mysql: 'explain format=traditional', postgres: 'explain' };

async function explain(kysely: Kysely<Tables>, dialect: DialectName, { sql: text, parameters }: CompiledQuery) {
  const command = COMMANDS[dialect];
  const { rows } = await kysely.executeQuery<Plan[number]>(CompiledQuery.raw(`${command} ${text}`, [...parameters]));
  return rows;
}

/** How the rows of the history are found, once for each place in the statement where it appears. */
function readsOf(dialect: DialectName, plan: Plan): string[] {
  switch (dialect) {
    case 'sqlite':
      return plan
        .map(({ detail }) => String(detail))
        .filter((line) => /^(SCAN|SEARCH) (r|edge|exchange_rates)\b/.test(line));
    case 'mysql':
      return plan
        .filter(({ table }) => ['r', 'edge', 'exchange_rates'].includes(String(table)))
        .map(({ type, key, key_len: length }) => `${type} ${key} ${length}`);
    case 'postgres': {
      const lines = plan.map((line) => String(line['QUERY PLAN']).trim());
      // The condition is in the line below; the heap is read by what an index has found.
      return lines.flatMap((line, at) =>
        /Scan .*\bexchange_rates/.test(line) && !/Bitmap Heap/.test(line) ? `${line} ${lines[at + 1]}` : [],
      );
    }
  }
}

const BY_KEY = {
  sqlite: /^SEARCH \w+ USING PRIMARY KEY \(currency_code=\?/,
  // Of 17 bytes: by the currency alone, all of its days would be read.
  mysql: /^(const|eq_ref|range) PRIMARY 17$/,
  postgres: /Index .*Scan .*exchange_rates_pkey.* Index Cond: .*currency_code/,
};

/** With a jump that nothing confirms, so that it is deleted. */
function backfillOf(database: Database, again: boolean) {
  const use = { source: 'test', url: '', observedAt: null, licence: '', attribution: '', bundled: false };
  const source = {
    source: 'test',
    firstDay: FIRST,
    maxDays: 1,
    longestPause: 0,
    minRates: 1,
    fetch: async ({ from }: DaySpan) => {
      const rate = from === TO ? 1000 : 1;
      const records = CURRENCIES.map((currency) => ({ currency, observedOn: from, rate }));
      return { records, received: records.length, warnings: [], use };
    },
  };
  return backfill({
    database,
    sources: { pastRates: () => source },
    batchSize: 100,
    pauseMs: 0,
    from: FROM,
    to: TO,
    again,
  });
}

/** Those that read or delete rates, by their text. */
class Statements implements KyselyPlugin {
  readonly seen = new Map<string, CompiledQuery>();
  kysely: Kysely<Tables> | undefined;

  transformQuery: KyselyPlugin['transformQuery'] = ({ node, queryId }) => {
    const query = this.kysely?.getExecutor().compileQuery(node, queryId);
    if (query && /exchange_rates/.test(query.sql) && !/^insert/.test(query.sql)) this.seen.set(query.sql, query);
    return node;
  };

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}
