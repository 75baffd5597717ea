import { readFile } from 'node:fs/promises';
import { SourceUnavailableError } from '../../errors.js';
import { PACKAGE_ROOT } from '../../package-root.js';
import type { CountryRecord, GdpRecord, RateRecord, SourceAnswer } from './source.js';

/** What the data set's files hold: an answer as an adapter gave it when the set was written. */
export type BundledFile<Record> = Pick<SourceAnswer<Record>, 'use' | 'records'>;

const FOLDER = new URL('bundled/', PACKAGE_ROOT);

/** The data set that comes with the project: see bundled/README.md. */
export const bundled = {
  countries: () => read<CountryRecord>('countries.json'),
  rates: () => read<RateRecord>('rates.json'),
  gdp: () => read<GdpRecord>('gdp.json'),
};

async function read<Record>(name: string): Promise<SourceAnswer<Record>> {
  try {
    const { use, records } = JSON.parse(await readFile(new URL(name, FOLDER), 'utf8')) as BundledFile<Record>;
    return { use, records, received: records.length, warnings: [] };
  } catch (cause) {
    throw new SourceUnavailableError('bundled', `${name} cannot be read: ${(cause as Error).message}`, cause);
  }
}
