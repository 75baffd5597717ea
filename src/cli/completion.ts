import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that makes a shell complete the commands of the program, with the options and arguments of each. */
export function completionFor(shell: Shell, program: Command): string {
  const scripts = { bash, zsh, fish };
  return `${scripts[shell](program).join('\n')}\n`;
}

const FUNCTION = '_country_exchange';

function bash(program: Command): string[] {
  const words = (command: Command) => [...optionsOf(command).map(({ long }) => long), ...choicesOf(command)].join(' ');
  const names = program.commands.map((command) => command.name()).join(' ');
  return [
    `${FUNCTION}() {`,
    `  local words='${names} ${words(program)}'`,
    `  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in`,
    ...program.commands.map((command) => `    ${command.name()}) words='${words(command)}' ;;`),
    '  esac',
    // The word that is being completed is the second argument.
    '  COMPREPLY=($(compgen -W "$words" -- "$2"))',
    '}',
    // Falls back to file names.
    `complete -o default -F ${FUNCTION} ${program.name()}`,
  ];
}

function zsh(program: Command): string[] {
  const described = program.commands.map((command) => quoted(`${command.name()}:${command.description()}`));
  const specs = (command: Command) => {
    const options = optionsOf(command).map(({ long, description, required }) =>
      quoted(`${long}[${description.replace(/[[\]:]/g, '\\$&')}]${required ? ': :_files' : ''}`),
    );
    return [...options, ...(choicesOf(command).length > 0 ? [quoted(`:shell:(${choicesOf(command).join(' ')})`)] : [])];
  };
  return [
    `${FUNCTION}() {`,
    `  local -a commands=(${described.join(' ')})`,
    `  if (( CURRENT == 2 )); then _describe command commands; _arguments ${specs(program).join(' ')}; return; fi`,
    '  shift words; (( CURRENT-- ))',
    '  case $words[1] in',
    ...program.commands.map((command) => `    ${command.name()}) _arguments ${specs(command).join(' ')} ;;`),
    '  esac',
    '}',
    `compdef ${FUNCTION} ${program.name()}`,
  ];
}

function fish(program: Command): string[] {
  const line = (condition: string, ...rest: string[]) =>
    ['complete', '-c', program.name(), '-n', quoted(condition), ...rest].join(' ');
  const options = (condition: string, command: Command) =>
    optionsOf(command).map(({ long, description, required }) =>
      line(condition, '-l', String(long).slice(2), ...(required ? ['-r'] : []), '-d', quoted(description)),
    );
  return [
    `complete -c ${program.name()} -f`,
    ...options('__fish_use_subcommand', program),
    ...program.commands.flatMap((command) => {
      const isChosen = `__fish_seen_subcommand_from ${command.name()}`;
      return [
        line('__fish_use_subcommand', '-a', command.name(), '-d', quoted(command.description())),
        ...options(isChosen, command),
        ...choicesOf(command).map((choice) => line(isChosen, '-a', choice)),
      ];
    }),
  ];
}

/** With --help. */
function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function choicesOf(command: Command): readonly string[] {
  return command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
}

/** As one word for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
