/** Nothing is left behind: the process ends by itself, whatever happened. */
import test from 'ava';
import { runProgram } from '../support/child';

/** Long enough for a busy machine, short against a poll or pull that waits for ever. */
const AT_ONCE = 10_000;

const HEAD = `
import { toArray, take, lastValueFrom } from '#/../node_modules/rxjs';
import { builtinElements, parseGraphText, source, sources, sync, sink, gstFilter } from '#';
import { middleElement } from '#/../test/support/run-graph';
const registry = builtinElements();
registry.add(middleElement);
const run = async (text: string, stopAfter = Infinity, how: 'stop' | 'unsubscribe' = 'stop') => {
  const running = (await parseGraphText(text, { dry: true }, registry)).run();
  await new Promise<void>((resolve) => {
    let frames = 0;
    const subscription = running.events.subscribe({
      next: ({ type }) => {
        if (type !== 'frame' || ++frames !== stopAfter) return;
        if (how === 'stop') return running.stop();
        queueMicrotask(() => { subscription.unsubscribe(); resolve(); });
      },
      error: (error) => { console.log(error.describe()); resolve(); },
      complete: resolve,
    });
  });
};
const GRAPH = (source: string, sink = 'fakesink') => \`
nodes:
  a: { use: source, launch: "\${source} ! video/x-raw,width=16,height=16" }
  b: { use: source, launch: "videotestsrc is-live=true ! video/x-raw,width=16,height=16" }
  s: { use: sync, from: [a, b] }
  m: { use: middle, from: s }
  k: { use: sink, from: m, launch: "\${sink}" }\`;
`;

// Several in one process, which costs seconds to start: whatever any of them leaves behind keeps the process alive.
const programs: [title: string, body: string, output: string][] = [
  [
    'graphs that end, are stopped, are unsubscribed, and are checked only',
    `for (let i = 0; i < 3; i += 1) await run(GRAPH('videotestsrc num-buffers=5'));
     await run(GRAPH('videotestsrc is-live=true'), 5);
     await run(GRAPH('videotestsrc'), 5, 'unsubscribe');
     await parseGraphText(GRAPH('videotestsrc'), {}, registry);`,
    'done\n',
  ],
  [
    'graphs that fail at the start and in the middle',
    `await run(GRAPH('v4l2src device=/dev/none'));
     await run(GRAPH('videotestsrc num-buffers=5', 'filesink location=/nowhere/x'));
     await run(GRAPH('videotestsrc ! identity error-after=5'));
     await run(GRAPH('filesrc location=/nowhere ! decodebin'));`,
    [
      `graph.yaml:3:3: Node "a": Cannot identify device '/dev/none' (system error: No such file or directory).`,
      '    Check the name of the device; `gst-device-monitor-1.0` lists those that there are.',
      'graph.yaml:7:3: Node "k": Could not open file "/nowhere/x" for writing (system error: No such file or directory).',
      '    Check that the output folder exists and may be written to.',
      'graph.yaml:3:3: Node "a": Failed after iterations as requested.',
      'graph.yaml:3:3: Node "a": No such file "/nowhere".',
      '    Check the path; a relative path starts in the folder where the command was run.',
      'done\n',
    ].join('\n'),
  ],
  [
    'streams in code that end, are left, fail, or are never subscribed to',
    `const { a, b } = sources({ a: 'videotestsrc num-buffers=5', b: 'videotestsrc' });
     const sets = await lastValueFrom(sync([a, b], { wait: '1min', onWarning: console.log }).pipe(toArray()));
     const filtered = await lastValueFrom(source('videotestsrc').pipe(gstFilter('identity'), take(3), toArray()));
     console.log(sets.length, filtered.length);
     await lastValueFrom(source('filesrc location=/nowhere ! decodebin')).catch((error) => console.log(error.describe()));
     await lastValueFrom(source('v4l2src device=/dev/none')).catch((error) => console.log(error.message));
     source('videotestsrc').pipe(sink('fakesink'));`,
    [
      'Branch "exposure 1" ends at 0.133 s, before "exposure 2"; the fused stream ends there.',
      '5 3',
      'Node "source": No such file "/nowhere".',
      '    Check the path; a relative path starts in the folder where the command was run.',
      `Node "source": Cannot identify device '/dev/none' (system error: No such file or directory).`,
      'done\n',
    ].join('\n'),
  ],
];
for (const [title, body, output] of programs) {
  test.serial(`the process ends by itself after ${title}`, async (t) => {
    const ended = await runProgram(`${HEAD}\nconst main = async () => {\n${body}\n};\nmain().then(() => console.log('done'));`);
    t.is(ended.code, 0, ended.output);
    t.is(ended.output, output);
    t.true(ended.lingered < AT_ONCE, `${ended.lingered} ms after it was done`);
  });
}

test.serial('without the environment that GStreamer needs, the allocator is set all the same, and one warning says what else to set', async (t) => {
  const { output } = await runProgram(`delete process.env.GLIBC_TUNABLES; delete process.env.UV_THREADPOOL_SIZE; ${HEAD}\nrun(GRAPH('videotestsrc num-buffers=5')).then(() => run(GRAPH('videotestsrc num-buffers=2'))).then(() => console.log('done'));`);
  t.is(output.match(/GST_IPL_ENVIRONMENT/g)?.length, 1, output);
  t.regex(output, /with UV_THREADPOOL_SIZE=24$/m);
});
