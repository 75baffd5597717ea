import { parseArgs } from 'node:util';

/** What can be measured by itself, in the order in which it is measured. */
export const PARTS = ['refresh', 'reads', 'while-refreshing', 'growth', 'hostile', 'start'] as const;

export type PartName = (typeof PARTS)[number];
export type Mode = 'smoke' | 'quick' | 'full';

export interface Options {
  mode: Mode;
  parts: readonly PartName[];
  help: boolean;
}

export const HELP = `npm run bench [-- OPTIONS]

Measures country-exchange beside its peers and writes docs/benchmarks.md. Without options it measures everything, which
takes three quarters of an hour; leave the machine alone meanwhile.

  --quick         fewer rounds and smaller sets, under 3 minutes
  --smoke         runs every part once, as short as can be, and keeps no figures
  --only PARTS    one or more of ${PARTS.join(', ')};
                  comma-separated or repeated. The rest of the page stays as it was measured before
  --help          this text
`;

/** Throws an error whose message is for the terminal. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.quick && values.smoke) throw new Error('--quick and --smoke exclude each other');
  const only = new Set(values.only.flatMap((list) => list.split(',')).map(partNamed));
  return {
    mode: values.smoke ? 'smoke' : values.quick ? 'quick' : 'full',
    parts: only.size === 0 ? PARTS : PARTS.filter((part) => only.has(part)),
    help: values.help,
  };
}

function partNamed(name: string): PartName {
  const found = PARTS.find((part) => part === name.trim());
  if (!found) throw new Error(`--only does not know "${name}", but ${PARTS.join(', ')}`);
  return found;
}
