/** Who uses no queue pays nothing for it. */
import test from 'ava';
import { runProgram } from '../support/child';

test('the command, and a batch without a queue, load none of its packages', async (t) => {
  const { output } = await runProgram(`
    import { COMMANDS } from '#/cli/commands';
    import '#/batch/run-batch';
    import '#/batch/local-runner';
    const loaded = Object.keys(require.cache).filter((file) => /node_modules\\/(bullmq|ioredis|sharp)\\//.test(file));
    console.log(COMMANDS.some(({ name }) => name === 'worker'), loaded, 'done');
  `);
  t.is(output.trim(), 'true [] done');
});

test('where they are not installed, it is said what to do', async (t) => {
  const { output } = await runProgram(`
    import Module from 'node:module';
    import { GstIplError } from '#/core/errors';
    const own = Module as unknown as { _load(name: string, ...rest: unknown[]): unknown };
    const load = own._load;
    own._load = (name, ...rest) => {
      if (name === 'bullmq') throw Object.assign(new Error('none'), { code: 'MODULE_NOT_FOUND' });
      return load(name, ...rest);
    };
    import { loadBullMQ } from '#/queue/packages';
    loadBullMQ().catch((error: GstIplError) => console.log(error.describe(), 'done'));
  `);
  t.regex(output, /needs the npm packages bullmq and ioredis, which are not installed here\.\n +Install them beside gst-ipl: npm install bullmq ioredis done/);
});
