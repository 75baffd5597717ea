import { execFileSync } from 'node:child_process';
import { cpus, setPriority } from 'node:os';

/**
 * The server gets a processor for itself. The attackers run on the others beside the honest client, who goes first:
 * what he waits for is then the server, and not the generator of the load. Where it cannot be had, it is done without.
 */
export function placeApart(server: number | undefined, attackers: number | undefined): string {
  if (attackers !== undefined) setPriority(attackers, 19);
  const others = cpus().length - 1;
  if (others < 1) return 'one processor for all';
  try {
    pin(server, '0');
    pin(process.pid, `1-${others}`);
    pin(attackers, `1-${others}`);
    return 'the server on a processor of its own';
  } catch {
    return 'processors as the system gives them';
  }
}

/** The process with all of its threads. */
function pin(pid: number | undefined, list: string): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', list, String(pid)], { stdio: 'ignore' });
}
