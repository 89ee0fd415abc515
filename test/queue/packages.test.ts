/** Who uses no queue pays nothing for it. */
import test from 'ava';
import { runProgram } from '../support/child';

test('the command, and a batch without a queue, load none of its packages', async (t) => {
  const { output } = await runProgram(`
    import { COMMANDS } from '#/cli/commands';
    import '#/batch/run-batch';
    import '#/batch/local-runner';
    import '#/cli/places';
    import '#/storage';
    const loaded = Object.keys(require.cache).filter((file) => /node_modules\\/(bullmq|ioredis|sharp|@bradenmacdonald)\\//.test(file));
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
      if (name === 'bullmq' || name.includes('s3-lite')) throw Object.assign(new Error('none'), { code: 'MODULE_NOT_FOUND' });
      return load(name, ...rest);
    };
    import { loadBullMQ } from '#/queue/packages';
    import { loadS3 } from '#/storage/packages';
    void Promise.all([loadBullMQ, loadS3].map((load) => load().catch((error: GstIplError) => error.describe()))).then((told) => console.log(...told, 'done'));
  `);
  t.regex(output, /needs the npm packages bullmq and ioredis, which are not installed here\.\n +Install them beside gst-ipl: npm install bullmq ioredis A bucket needs the npm package @bradenmacdonald\/s3-lite-client, which is not installed here\.\n +Install it beside gst-ipl: npm install @bradenmacdonald\/s3-lite-client done/);
});
