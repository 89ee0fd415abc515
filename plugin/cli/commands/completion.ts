import { completionFor, SHELLS, type Shell } from '../completion';
import { UsageError, type Command } from '../arguments';

/** @param commands asked for when the command runs: they are a list with this one in it */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    synopsis: SHELLS.join('|'),
    summary: 'Prints a completion script for a shell: commands, options and files.',
    positionals: [1, 1],
    words: () => SHELLS,
    flags: {},
    examples: ['gst-ipl completion bash > /etc/bash_completion.d/gst-ipl', 'gst-ipl completion zsh > ~/.zfunc/_gst-ipl', 'gst-ipl completion fish > ~/.config/fish/completions/gst-ipl.fish'],
    run({ positionals: [shell = ''] }) {
      if (!SHELLS.includes(shell as Shell)) throw new UsageError(`There is no completion for "${shell}".`, SHELLS, shell);
      console.log(completionFor(shell as Shell, commands()));
      return Promise.resolve(0);
    },
  };
}
