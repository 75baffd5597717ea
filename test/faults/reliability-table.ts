import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { type DialectName, testDialects } from '../databases.js';
import { dialectsOf, type Fault } from './fault.js';
import type { Played } from './stage.js';

export interface Seen extends Played {
  fault: Fault;
  dialect: DialectName;
}

const DOCUMENT = new URL('../../docs/reliability.md', import.meta.url);
const DIALECTS: readonly DialectName[] = ['sqlite', 'mysql', 'postgres'];
const BEGIN = '<!-- The table is written by `npm run reliability`. -->';
const END = '<!-- End of the table. -->';

/** Compares the table in the document with this run, or writes it when WRITE_RELIABILITY is set. */
export async function checkTable(faults: readonly Fault[], seen: readonly Seen[]): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  const [head = '', rest = ''] = document.split(BEGIN);
  const [table = '', tail = ''] = rest.split(END);
  if (process.env.WRITE_RELIABILITY) {
    await writeFile(DOCUMENT, `${head}${BEGIN}\n\n${tableOf(faults, seen)}\n\n${END}${tail}`);
  } else if (testDialects.length === DIALECTS.length && faults.every((fault) => isComplete(fault, seen))) {
    expect(table.trim()).toBe(tableOf(faults, seen));
  }
}

/** A part of the suite, or one that has already failed, says nothing about the document. */
function isComplete(fault: Fault, seen: readonly Seen[]): boolean {
  return seen.filter((one) => one.fault === fault).length === dialectsOf(fault).length;
}

const DATA = { before: 'unchanged', after: 'new', either: 'unchanged or new' } as const;

function tableOf(faults: readonly Fault[], seen: readonly Seen[]): string {
  const rows = faults.map((fault) =>
    rowOf(
      fault,
      seen.filter((one) => one.fault === fault),
    ),
  );
  return [
    '| what fails | in | how it was caused | what the user saw | the data afterwards | SQLite | MariaDB | PostgreSQL |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function rowOf(fault: Fault, seen: readonly Seen[]): string {
  const on = (dialect: DialectName) => (seen.some((one) => one.dialect === dialect) ? 'yes' : '-');
  const cells = [
    fault.name,
    fault.part,
    fault.done,
    // Where it depends on the moment, one run says no more than that.
    fault.data === 'either' ? 'success, or the failure' : shown(seen[0]?.saw ?? 'nothing: it was not run'),
    DATA[fault.data],
    ...DIALECTS.map(on),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Without what differs from run to run. */
function shown(saw: string): string {
  return saw
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/country_exchange_test_\w+/g, 'NAME')
    .replaceAll(/(?:\/[\w.-]+)+\/NAME(\.db)?/g, 'FILE')
    .replaceAll(/\(E[A-Z_]+\)/g, '(reason)')
    .replaceAll(/not valid JSON \(.*\)/g, 'not valid JSON (and where)')
    .replaceAll(/\((read|write|connect|Connection|This socket)[^)]*\)/g, '(reason)')
    .slice(0, 240);
}
