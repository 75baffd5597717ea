import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { VERSION } from '../runtime.js';

/** Every command and its options. */
export const program = new Command('country-exchange')
  .description('Countries, their currencies and exchange rates, and GDP estimates, as a GraphQL API')
  .version(VERSION)
  .addHelpText('after', '\nSettings are environment variables, also read from .env: see .env.example.');

program
  .command('serve')
  .description('serve the API; the same as npm start')
  .action(async () => (await import('../serve.js')).serve());

program
  .command('refresh')
  .description('fetch the sources and bring the database up to date, once')
  .option('--dry-run', 'do everything but write')
  .option('--force', 'fetch again what is still fresh')
  .action(async (options) => (await import('./refresh.js')).refreshOnce(options));

program
  .command('status')
  .description('print what the database holds and how fresh it is')
  .option('--json', 'as JSON')
  .action(async (options) => (await import('./status.js')).printStatus(options));

program
  .command('backfill')
  .description('fetch the exchange rates of past days; run it again to continue where it stopped')
  .requiredOption('--from <day>', 'the first day, YYYY-MM-DD; there are rates since 2024-03-02')
  .option('--to <day>', 'the last day (default: yesterday)')
  .option('--again', 'fetch stored days as well')
  .action(async (options) => (await import('./backfill.js')).backfillRates(options));

program
  .command('migrate')
  .description('create or update the tables; serve and refresh do this automatically')
  .action(async () => {
    const { withDatabase } = await import('./context.js');
    await withDatabase(async ({ database }) => {
      const applied = await database.migrate();
      const result = applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`;
      process.stdout.write(`${database.label}: ${result}\n`);
    });
  });

program
  .command('schema')
  .description('print the GraphQL schema (SDL)')
  .option('--out <file>', 'write it to a file')
  .action(async ({ out }: { out?: string }) => {
    const { createSchema, printSdl } = await import('../graphql/schema.js');
    const sdl = printSdl(createSchema());
    if (out === undefined) process.stdout.write(sdl);
    else await writeFile(out, sdl);
  });
