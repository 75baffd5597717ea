#!/usr/bin/env node
import './production.js';
import { exitWith } from './exit.js';

const FLAGS = ['--dry-run', '--force'];

await run(process.argv.slice(2)).catch(exitWith);

/** A refresh waits for its sources, which are asked before anything else: so it does not wait for the reader of commands. */
async function run([command, ...flags]: string[]): Promise<void> {
  if (command === 'refresh' && flags.every((flag) => FLAGS.includes(flag))) {
    const { refreshOnce } = await import('./cli/refresh.js');
    return refreshOnce({ dryRun: flags.includes('--dry-run'), force: flags.includes('--force') });
  }
  const { program } = await import('./cli/program.js');
  await program.parseAsync();
}
