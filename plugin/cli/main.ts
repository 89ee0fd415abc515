/** The gst-ipl command: finds the subcommand, and turns errors into sentences and exit codes. */
import '..'; // Whole, because users' modules may import any of it.
import { GstIplError, isWrongAsWritten } from '../core/errors';
import { COMMANDS } from './commands';
import { overview, readArguments, UsageError, usageOf } from './arguments';
import { colouredError, entriesOfError, showsColour } from '../observe/log';
import { outputFormat, writeEntry } from './output';
import { flushTraces, startTracing } from '../core/tracing';
import { version } from '../core/package-version';

/** Exit codes, as `gst-ipl --help` lists them. */
const FAILED = 1;
const WRONG_USAGE = 2;

async function main(argv: readonly string[]): Promise<number | undefined> {
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') {
    const asked = COMMANDS.find((command) => command.name === rest[0]);
    console.log(asked ? usageOf(asked) : overview(COMMANDS));
    return 0;
  }
  if (name === '--version' || name === '-V') {
    console.log(version());
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) throw new UsageError(`There is no command "${name}".`, COMMANDS.map((candidate) => candidate.name), name);
  const given = readArguments(command, rest);
  if (given.help) {
    console.log(usageOf(command));
    return 0;
  }
  startTraces();
  return command.run(given);
}

/** @throws UsageError */
function startTraces({ GST_IPL_TRACES: share = '' }: NodeJS.ProcessEnv = process.env): void {
  if (share.trim() === '') return;
  if (!(Number(share) >= 0 && Number(share) <= 1)) throw new UsageError(`GST_IPL_TRACES is the share of frames that are traced, from 0 to 1, not "${share}".`);
  startTracing(Number(share));
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    const text = `gst-ipl: ${error.message}${error.hint ? `\n    ${error.hint}` : ''}`;
    console.error(showsColour(process.stderr) ? colouredError(text) : text);
    return WRONG_USAGE;
  }
  if (error instanceof GstIplError) {
    if (outputFormat() === 'json') entriesOfError(error).forEach(writeEntry);
    else console.error(showsColour(process.stderr) ? colouredError(error.describe()) : error.describe());
    return isWrongAsWritten(error) ? WRONG_USAGE : FAILED;
  }
  console.error('gst-ipl: this is a defect of gst-ipl; please report it with the lines below.');
  console.error(error);
  return FAILED;
}

main(process.argv.slice(2))
  .catch(report)
  .then(async (code) => {
    await flushTraces();
    if (code === undefined) return;
    // Threads that wait inside GStreamer must not keep the command alive; what was printed is flushed first.
    process.stdout.write('', () => process.exit(code));
  })
  .catch(() => process.exit(FAILED));
