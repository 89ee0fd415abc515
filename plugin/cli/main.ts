/** The gst-ipl command: finds the subcommand, and turns errors into sentences and exit codes. */
import { JOB_PROCESS } from '../batch/kept-processes';
import { flushTraces, startTracing } from '../core/tracing';
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
  if (name === JOB_PROCESS) {
    startTraces();
    return (await import('./job-process')).doJobs();
  }
  const command = await find(name);
  const given = readArguments(command, rest);
  if (given.help) {
    console.log(usageOf(command));
    return 0;
  }
  startTraces();
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

/** @throws UsageError */
function startTraces({ GST_IPL_TRACES: share = '' }: NodeJS.ProcessEnv = process.env): void {
  if (share.trim() === '') return;
  if (!(Number(share) >= 0 && Number(share) <= 1)) throw new UsageError(`GST_IPL_TRACES is the share of frames that are traced, from 0 to 1, not "${share}".`);
  startTracing(Number(share));
}

main(process.argv.slice(2))
  .catch(reportError)
  .then(async (code) => {
    await flushTraces();
    if (code === undefined) return;
    // Threads that wait inside GStreamer must not keep the command alive; what was printed is flushed first.
    process.stdout.write('', () => process.exit(code));
  })
  .catch(() => process.exit(FAILED));
