import { exitWith } from '../errors.js';

const FLAGS = ['--dry-run', '--force'];

/** Runs what the command line says; ends the process with its one line where that fails. */
export async function run(args: string[]): Promise<void> {
  await execute(args).catch(exitWith);
}

/** A refresh waits for its sources, which are asked before anything else: so it does not wait for the reader of commands. */
async function execute([command, ...flags]: string[]): Promise<void> {
  if (command === 'refresh' && flags.every((flag) => FLAGS.includes(flag))) {
    const { refreshOnce } = await import('./refresh.js');
    return refreshOnce({ dryRun: flags.includes('--dry-run'), force: flags.includes('--force') });
  }
  const { program } = await import('./program.js');
  await program.parseAsync();
}
