import { connectDatabase } from '../../../src/db/connect.js';
import type { Database } from '../../../src/db/database.js';

/** The database that the parent names as the first argument. */
export function openFromArguments(): Promise<Database> {
  return connectDatabase({ url: process.argv[2] ?? '', caFile: undefined, poolSize: 2, maxOverflow: 2 });
}
