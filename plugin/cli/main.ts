/** The gst-ipl command: finds the subcommand, and turns errors into sentences and exit codes. */
import { JOB_PROCESS } from '../batch/kept-processes';
import { version } from '../core/package-version';
import { overview, readArguments, UsageError, usageOf, type Command } from './arguments';
import { FAILED, reportError } from './report-error';

/** Those that work on photographs need little of the package, which takes as long to load as they do to start; the others need all of it. */
const OF_PHOTOGRAPHS: Readonly<Record<string, () => Promise<Command>>> = {
  fuse: async () => (await import('./commands/fuse')).fuseCommand,
  batch: async () => (await import('./commands/batch')).batchCommand,
};

const allCommands = async (): Promise<readonly Command[]> => (await import('./commands')).COMMANDS;

async function main(argv: readonly string[]): Promise<number | undefined> {
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') {
    const commands = await allCommands();
    const asked = commands.find((command) => command.name === rest[0]);
    console.log(asked ? usageOf(asked) : overview(commands));
    return 0;
  }
  if (name === '--version' || name === '-V') {
    console.log(version());
    return 0;
  }
  if (name === JOB_PROCESS) return (await import('./job-process')).doJobs();
  const command = await find(name);
  const given = readArguments(command, rest);
  if (given.help) {
    console.log(usageOf(command));
    return 0;
  }
  return command.run(given);
}

async function find(name: string): Promise<Command> {
  const quick = Object.hasOwn(OF_PHOTOGRAPHS, name) ? OF_PHOTOGRAPHS[name] : undefined;
  if (quick) return quick();
  const commands = await allCommands();
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw new UsageError(`There is no command "${name}".`, commands.map((candidate) => candidate.name), name);
  return command;
}

main(process.argv.slice(2))
  .catch(reportError)
  .then((code) => {
    if (code === undefined) return;
    // Threads that wait inside GStreamer must not keep the command alive; what was printed is flushed first.
    process.stdout.write('', () => process.exit(code));
  })
  .catch(() => process.exit(FAILED));
