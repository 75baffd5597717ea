import { writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { VERSION } from '../runtime.js';
import { completionFor, SHELLS, type Shell } from './completion.js';

/** Options that stand for a setting. */
const SETTINGS = { port: 'PORT', host: 'HOST', database: 'DATABASE_URL' } as const;
const DATABASE = ['--database <url>', 'the database (overrides DATABASE_URL)'] as const;
const QUIET = ['--quiet', 'print errors only'] as const;

/** They take precedence over the environment, which takes precedence over .env. */
function applySettings(options: Record<string, unknown>): void {
  for (const [option, name] of Object.entries(SETTINGS)) {
    if (options[option] !== undefined) process.env[name] = String(options[option]);
  }
  if (options.quiet) process.env.LOG_LEVEL = 'error';
}

/** Every command and its options. */
export const program = new Command('country-exchange')
  .description('Countries, their currencies and exchange rates, and GDP estimates, as a GraphQL API')
  .version(VERSION)
  .hook('preAction', (_program, command) => applySettings(command.opts()))
  .addHelpText('after', '\nSettings are environment variables, read from .env as well: see .env.example.');

program
  .command('serve', { isDefault: true })
  .description('serve the API (the default command)')
  .option('--port <number>', 'where to listen (overrides PORT)')
  .option('--host <address>', 'where to listen (overrides HOST)')
  .option(...DATABASE)
  .option(...QUIET)
  // A misspelt command arrives here, as an argument of the default one.
  .allowExcessArguments()
  .action(async (_options: unknown, { args: [unknown] }: Command) => {
    if (unknown !== undefined) program.error(`error: unknown command '${unknown}'; see country-exchange --help`);
    const { serve } = await import('../serve.js');
    await serve();
  });

program
  .command('refresh')
  .description('fetch the sources and bring the database up to date, once')
  .option('--dry-run', 'do everything but write to the database')
  .option('--force', 'fetch again what is still fresh, and accept figures that have moved together')
  .option(...DATABASE)
  .option(...QUIET)
  .action(async ({ dryRun = false, force = false, quiet = false }: RefreshOptions) => {
    const { refreshOnce } = await import('./refresh.js');
    await refreshOnce({ dryRun, force }, quiet);
  });

program
  .command('status')
  .description('print what the database holds and how fresh it is')
  .option('--json', 'as JSON')
  .option(...DATABASE)
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
  .option('--to <day>', 'the last day (default: yesterday)')
  .option('--again', 'fetch stored days again')
  .option(...DATABASE)
  .option(...QUIET)
  .action(async ({ from, to, again = false, quiet = false }: BackfillOptions) => {
    const { backfillRates } = await import('./backfill.js');
    await backfillRates(from, to, again, quiet);
  });

program
  .command('migrate')
  .description('create or update the tables; serve and refresh do this automatically')
  .option(...DATABASE)
  .action(async () => {
    const { withDatabase } = await import('./command.js');
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

program
  .command('completion')
  .description('print a completion script for a shell, for instance: source <(country-exchange completion bash)')
  .addArgument(new Argument('<shell>').choices(SHELLS))
  .action((shell: Shell) => {
    process.stdout.write(completionFor(shell, program));
  });

interface RefreshOptions {
  dryRun?: boolean;
  force?: boolean;
  quiet?: boolean;
}

interface BackfillOptions {
  from: string;
  to?: string;
  again?: boolean;
  quiet?: boolean;
}
