import { stringify } from 'csv-stringify/sync';
import { dataLicence } from '../provenance/data-source.js';
import type { DataSource } from '../provenance/provenance.type.js';
import type { Cell, DataFile, Row } from './data-file.js';

export const FORMATS = {
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', write: writeCsv },
  json: { mediaType: 'application/json; charset=utf-8', write: writeJson },
} as const;

/** RFC 4180. The last rows hold the attributions, in the first column and with a # before them. */
async function* writeCsv({ columns, sources }: DataFile, parts: AsyncIterable<readonly Row[]>) {
  // Excel takes UTF-8 without a byte order mark for another encoding.
  yield stringify([columns], { ...CSV, bom: true });
  for await (const rows of parts) yield stringify(rows.map(toRecord), CSV);
  const padding = columns.slice(1).map(() => null);
  yield stringify(
    attributions(sources).map((line) => [`# ${line}`, ...padding]),
    CSV,
  );
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
const CSV = { escape_formulas: true, record_delimiter: 'windows' } as const;

function toRecord(row: Row) {
  return row.map((cell: Cell) => {
    if (typeof cell === 'boolean') return String(cell);
    return typeof cell === 'object' && cell !== null ? cell.join('|') : cell;
  });
}

/** One object with all rows, a row on a line. */
async function* writeJson({ columns, sources }: DataFile, parts: AsyncIterable<readonly Row[]>) {
  let separator = '{"rows":[\n';
  for await (const rows of parts) {
    const lines = rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]]))));
    if (lines.length === 0) continue;
    yield separator + lines.join(',\n');
    separator = ',\n';
  }
  const start = separator === ',\n' ? '' : separator;
  yield `${start}\n],\n"sources":${JSON.stringify(sources)},\n"licence":${JSON.stringify(dataLicence(sources))}}\n`;
}

/** What has to be shown with the data. */
export function attributions(sources: readonly DataSource[]): string[] {
  const credits = sources.map(({ attribution, licence, licenceUrl }) => {
    return `Source: ${attribution}; licence: ${[licence, licenceUrl].filter(Boolean).join(', ')}`;
  });
  const notice = dataLicence(sources)?.notice;
  return [...new Set(credits), ...(notice ? [`Licence: ${notice}`] : [])];
}
