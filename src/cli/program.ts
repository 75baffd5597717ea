import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { VERSION } from '../runtime.js';

/** Every command and its options. */
export const program = new Command('country-exchange')
  .description('Countries, their currencies and exchange rates, and GDP estimates, as a GraphQL API')
  .version(VERSION)
  .addHelpText('after', '\nSettings are environment variables, read from .env as well: see .env.example.');

program
  .command('serve')
  .description('serve the API; the same as npm start')
  .action(async () => {
    const { serve } = await import('../serve.js');
    await serve();
  });

program
  .command('refresh')
  .description('fetch the sources and bring the database up to date, once')
  .option('--dry-run', 'do everything but write')
  .option('--force', 'fetch again what is still fresh')
  .action(async ({ dryRun = false, force = false }: { dryRun?: boolean; force?: boolean }) => {
    const { refreshOnce } = await import('./refresh.js');
    await refreshOnce({ dryRun, force });
  });

program
  .command('status')
  .description('print what the database holds and how fresh it is')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const { printStatus } = await import('./status.js');
    await printStatus(json);
  });

program
  .command('backfill')
  .description('fetch the exchange rates of past days into the history; run it again to go on where it stopped')
  .requiredOption(
    '--from <day>',
    'the first day, YYYY-MM-DD: frankfurter has rates since 1999, currency-api since March 2024',
  )
  .option('--to <day>', 'the last day; yesterday when it is not given')
  .option('--again', 'fetch days that are stored as well')
  .action(async ({ from, to, again = false }: { from: string; to?: string; again?: boolean }) => {
    const { backfillRates } = await import('./backfill.js');
    await backfillRates(from, to, again);
  });

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
