import { loadConfig } from '../config.js';
import { connectDatabase } from '../db/connect.js';

export async function migrate(): Promise<void> {
  const database = await connectDatabase(loadConfig().database);
  try {
    const applied = await database.migrate();
    const said = applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`;
    process.stdout.write(`${database.label}: ${said}\n`);
  } finally {
    await database.close();
  }
}
