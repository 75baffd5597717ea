import { text } from 'node:stream/consumers';
import { connectDatabase } from '../../../src/db/connect.js';
import type { Database } from '../../../src/db/database.js';

/** The database that the parent names, opened when it gives the signal: see child.ts. */
export async function openWithOthers(): Promise<Database> {
  process.stdout.write('ready');
  await text(process.stdin);
  return connectDatabase({ url: process.argv[2] ?? '', caFile: undefined, poolSize: 2, maxOverflow: 2 });
}
