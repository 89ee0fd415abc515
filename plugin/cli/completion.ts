/** Completion scripts, made from the commands' own declarations: first the command, then its options, else files. */
import type { Command } from './arguments';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionFor(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

const optionsOf = ({ flags }: Command): string[] => [...Object.keys(flags).map((name) => `--${name}`), '--help'];

function bash(commands: readonly Command[]): string {
  return `# bash completion of gst-ipl
_gst_ipl() {
  local current=\${COMP_WORDS[COMP_CWORD]} options
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map((command) => `    ${command.name}) options='${optionsOf(command).join(' ')}' ;;`).join('\n')}
    *) return ;;
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _gst_ipl gst-ipl`;
}

function zsh(commands: readonly Command[]): string {
  const quoted = (text: string): string => text.replace(/'/g, `'\\''`);
  // Inside of an option's brackets, and in front of a command's colon, these are signs.
  const plain = (text: string): string => quoted(text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`));
  const optionLines = ({ flags }: Command): string =>
    Object.entries(flags).map(([name, { multiple, value, summary }]) => `'${multiple ? '*' : ''}--${name}[${plain(summary)}]${value ? `:${plain(value)}:_files` : ''}'`).join(' ');
  return `#compdef gst-ipl
# zsh completion of gst-ipl
_gst_ipl() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    '${name}:${quoted(summary.replace(/:/g, '\\:'))}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map((command) => `    ${command.name}) _arguments ${optionLines(command)} '*:file:_files' ;;`).join('\n')}
  esac
}
_gst_ipl "$@"`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;
  const lines = commands.flatMap((command) => [
    `complete -c gst-ipl -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...Object.entries(command.flags).map(([name, { value, short, summary }]) =>
      `complete -c gst-ipl -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${short ? ` -s ${short}` : ''}${value ? ' -r' : ''} -d ${quoted(summary)}`),
  ]);
  return ['# fish completion of gst-ipl', ...lines].join('\n');
}
