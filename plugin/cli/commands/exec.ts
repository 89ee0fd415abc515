import { existsSync } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../../core/errors';
import { importUserModule } from '../../core/user-module';
import { UsageError, type Command } from '../arguments';

export const execCommand: Command = {
  name: 'exec',
  synopsis: 'PROGRAM [ARGUMENT ...]',
  summary: 'Runs your program (TypeScript or JavaScript) with the environment variables that GStreamer in Node needs.',
  positionals: [1, Infinity],
  passesOn: true,
  flags: {},
  examples: ['gst-ipl exec program.ts fused.mp4', 'gst-ipl exec program.mjs --verbose'],
  async run(given) {
    const [program = '', ...args] = given.positionals;
    const file = path.resolve(program);
    if (!existsSync(file)) throw new UsageError(`The program ${program} does not exist.`);
    process.argv = [process.execPath, file, ...args];
    try {
      await importUserModule(file, { main: true });
    } catch (error) {
      if (error instanceof GstIplError) throw error;
      console.error(error); // Node would show it like that: it is the program's, not ours.
      return 1;
    }
    return undefined;
  },
};
