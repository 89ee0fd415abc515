/** Completion scripts, made from the commands' own declarations: first the command, then its options and their words, else files. */
import type { Command, Flag } from './arguments';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionFor(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** The words of which a value is one, as in `auto|off`. */
const choicesOf = ({ value = '' }: Flag): readonly string[] => (/^[\w-]+(\|[\w-]+)+$/.test(value) ? value.split('|') : []);

const optionsOf = ({ flags }: Command): string[] => [...Object.keys(flags).map((name) => `--${name}`), '--help'];

function bash(commands: readonly Command[]): string {
  return `# bash completion of gst-ipl
_gst_ipl() {
  local current=\${COMP_WORDS[COMP_CWORD]} options words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map((command) => `    ${command.name}) options='${optionsOf(command).join(' ')}'${command.words ? ` words='${command.words().join(' ')}'` : ''} ;;`).join('\n')}
    *) return ;;
  esac
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD - 1]}" in
${commands.flatMap(({ name, flags }) => Object.entries(flags).flatMap(([flag, one]) => (choicesOf(one).length === 0 ? [] : [`    '${name} --${flag}') COMPREPLY=($(compgen -W '${choicesOf(one).join(' ')}' -- "$current")); return ;;`]))).join('\n')}
  esac
  if [ -n "$words" ] && [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
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
    Object.entries(flags).map(([name, flag]) => `'${flag.multiple ? '*' : ''}--${name}[${plain(flag.summary)}]${flag.value ? `:${plain(flag.value)}:${choicesOf(flag).length > 0 ? `(${choicesOf(flag).join(' ')})` : '_files'}` : ''}'`).join(' ');
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
${commands.map((command) => `    ${command.name}) _arguments ${optionLines(command)} ${command.words ? `'1:name:(${command.words().join(' ')})'` : "'*:file:_files'"} ;;`).join('\n')}
  esac
}
_gst_ipl "$@"`;
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;
  const lines = commands.flatMap((command) => [
    `complete -c gst-ipl -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.summary)}`,
    ...(command.words ? [`complete -c gst-ipl -n '__fish_seen_subcommand_from ${command.name}' -f -a ${quoted(command.words().join(' '))}`] : []),
    ...Object.entries(command.flags).map(([name, flag]) => {
      const choices = choicesOf(flag).length > 0 ? ` -x -a ${quoted(choicesOf(flag).join(' '))}` : flag.value ? ' -r' : '';
      return `complete -c gst-ipl -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${flag.short ? ` -s ${flag.short}` : ''}${choices} -d ${quoted(flag.summary)}`;
    }),
  ]);
  return ['# fish completion of gst-ipl', ...lines].join('\n');
}
