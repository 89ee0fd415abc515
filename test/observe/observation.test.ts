/** What a running graph tells of itself: figures, phases, and parameters that may change meanwhile. */
import test from 'ava';
import { map, type Observable } from 'rxjs';
import { defineElement, GstIplError, ONE_STREAM, type Frame, type LiveParameter } from '../../plugin';
import { LiveParameters } from '../../plugin/core/live-parameters';
import { Metrics } from '../../plugin/core/metrics/metrics';
import { formatSamples } from '../../plugin/observe/prometheus';
import { RateMeter } from '../../plugin/core/metrics/rate-meter';
import { load, registryWithMiddle } from '../support/run-graph';

const CAMERA = 'videotestsrc num-buffers=40 ! video/x-raw,width=64,height=48,framerate=30/1';

/** Darkens pictures by a live parameter, and publishes what it does. */
const dimmerElement = defineElement({
  kind: 'stage',
  name: 'dimmer',
  summary: 'Darkens pictures.',
  input: ONE_STREAM,
  output: 'frames',
  options: {},
  metrics: { dimmed_total: { kind: 'counter', help: 'Pictures that were made darker.' } },
  example: 'dim: { use: dimmer, from: camera }',
  create: (_, context) => {
    let level = 0;
    let dimmed = 0;
    const parameter: LiveParameter = {
      name: 'level', summary: 'How dark.', kind: 'number', min: 0, max: 255, default: 0, get: () => level, set: (value) => (level = value),
    };
    return {
      parameters: [parameter],
      connect: ([frames]) =>
        (frames as Observable<Frame>).pipe(
          map((frame) => {
            if (level > 0) context.report?.('dimmed_total', (dimmed += 1), { by: 'level' });
            return level > 0 ? { ...frame, payload: frame.payload.map(() => 255 - level) } : frame;
          }),
        ),
    };
  },
});

test('a graph counts what its nodes give, tells their phases, and takes parameters as it runs', async (t) => {
  const registry = registryWithMiddle();
  registry.add(dimmerElement);
  const graph = await load(
    `nodes:
       camera: { use: source, launch: "${CAMERA}" }
       dim: { use: dimmer, from: camera }
       out: { use: sink, from: dim, launch: "fakesink" }`, {}, registry,
  );
  const running = graph.run();
  t.deepEqual(running.parameters.entries(), [], 'Stages are made when the graph starts.');
  t.deepEqual(running.view.nodes().map(({ phase }) => phase), ['waiting', 'waiting', 'waiting']);
  t.is(running.view.phase, 'starting');

  const phases: string[] = [];
  const sinkPhases = new Set<string>();
  let frames = 0;
  await new Promise<void>((resolve, reject) => {
    running.events.subscribe({
      next: (event) => {
        if (event.type !== 'frame') return;
        frames += 1;
        const nodes = running.view.nodes().map(({ phase }) => phase);
        sinkPhases.add(nodes[2] ?? 'none');
        if (frames === 5) {
          phases.push(running.view.phase, ...nodes.slice(0, 2));
          t.throws(() => running.parameters.set('dim.level', 256), { instanceOf: GstIplError, message: /"dim\.level": expected a number from 0 to 255, but got 256/ });
          running.parameters.set('dim.level', 100);
        }
      },
      error: reject,
      complete: resolve,
    });
  });
  t.deepEqual(phases, ['running', 'running', 'running']);
  // GStreamer takes pictures on its own threads: when its first has passed the sink is not said.
  t.true([...sinkPhases].every((phase) => phase === 'waiting' || phase === 'running'), [...sinkPhases].join());
  t.is(running.view.phase, 'ended');
  t.deepEqual(running.view.nodes().map(({ phase }) => phase), ['ended', 'ended', 'ended']);
  const { metrics } = running.view;
  t.is(metrics.get('gst_ipl_frames_total', { node: 'camera' }), 40);
  t.is(metrics.get('gst_ipl_frames_total', { node: 'dim' }), 40);
  t.is(metrics.get('gst_ipl_dimmed_total', { by: 'level', node: 'dim' }), 35);
  const latency = metrics.get('gst_ipl_latency_seconds', { node: 'dim' });
  t.true(latency >= 0 && latency < 60, `${latency}`);
  const names = new Set(metrics.read().map(({ name }) => name));
  for (const name of ['gst_ipl_frames_per_second', 'gst_ipl_queue_depth', 'gst_ipl_queue_dropped_total']) t.true(names.has(name), name);
});

test('a histogram counts all that was reported, a counter only grows, and both refuse what they cannot be', async (t) => {
  const metrics = new Metrics();
  metrics.declare({ seen_total: { kind: 'counter', help: 'Seen.' }, work_seconds: { kind: 'histogram', help: 'Took.' } });
  for (const seconds of [0.003, 0.003, 0.03, 7]) metrics.set('work_seconds', seconds, { node: 'rtsp://a:b@c/' });
  t.is(metrics.get('work_seconds', { node: 'rtsp://a:b@c/' }), 7);
  const text = await formatSamples(metrics.read(), metrics.histograms());
  const bucket = (le: string): string | undefined => new RegExp(`^work_seconds_bucket\\{le="${le}",node="rtsp://\\*\\*\\*@c/"\\} (\\d+)$`, 'm').exec(text)?.[1];
  t.deepEqual(['0.002', '0.004', '0.0333', '5.12', '\\+Inf'].map(bucket), ['0', '2', '3', '3', '4']);
  t.regex(text, /^work_seconds_sum\{.*\} 7\.036$/m);
  const refused = (give: () => void, message: RegExp): unknown => t.throws(give, { instanceOf: GstIplError, code: 'bad-usage', message });
  refused(() => metrics.set('work_seconds', 1, { part: 'blend' }), /The histogram "work_seconds" does not take this/);
  for (const value of [-1, NaN, Infinity]) refused(() => metrics.set('seen_total', value), /The counter "seen_total" cannot be/);
});

test('a failed graph says so, with its reason', async (t) => {
  const graph = await load(
    `nodes:
       camera: { use: source, launch: "filesrc location=/nowhere.mp4 ! decodebin" }
       out: { use: sink, from: camera, launch: "fakesink" }`,
    {},
    undefined,
    true,
  );
  const running = graph.run();
  await t.throwsAsync(new Promise((resolve, reject) => running.events.subscribe({ error: reject, complete: () => resolve(undefined) })));
  t.is(running.view.phase, 'failed');
  t.regex(running.view.reason ?? '', /nowhere\.mp4/);
});

test('parameters refuse what they cannot be, and say what they can', (t) => {
  const parameters = new LiveParameters();
  let triggered = 0;
  let frozen = false;
  parameters.add('fused', [
    { name: 'freeze', summary: '', kind: 'boolean', default: false, get: () => frozen, set: (value) => (frozen = value) },
    { name: 'shot', summary: '', kind: 'trigger', set: () => (triggered += 1) },
    { name: 'bias', summary: '', kind: 'number', min: -2, max: 2, default: 0, get: () => 1, set: () => t.fail() },
  ]);
  parameters.set('fused.freeze', true);
  parameters.set('fused.shot', true);
  t.true(frozen);
  t.is(triggered, 1);
  t.is(parameters.get('fused.bias'), 1);
  for (const [path, value, message] of [
    ['fused.freeze', 'yes', /expected true or false, but got "yes"/],
    ['fused.shot', 1, /expected true, but got 1/],
    ['fused.bias', NaN, /expected a number from -2 to 2/],
    ['fused.bias', '1', /expected a number from -2 to 2, but got "1"/],
    ['fused.bais', 1, /no live parameter "fused\.bais"/],
  ] as const) t.throws(() => parameters.set(path, value), { instanceOf: GstIplError, code: 'bad-option', message });
  t.throws(() => parameters.get('__proto__'), { instanceOf: GstIplError });
});

test('figures keep their labels apart, and do not grow without bound', (t) => {
  const metrics = new Metrics();
  metrics.declare({
    frames_total: { kind: 'counter', help: 'Frames.' },
    depth: { kind: 'gauge', help: 'Depth.' },
    many: { kind: 'gauge', help: 'Many.' },
  });
  metrics.add('frames_total', 2, { node: 'a', branch: 'b' });
  metrics.add('frames_total', 3, { branch: 'b', node: 'a' });
  metrics.set('depth', 1);
  t.is(metrics.get('frames_total', { node: 'a', branch: 'b' }), 5);
  t.deepEqual(metrics.read().map(({ name }) => name), ['depth', 'frames_total']);
  t.throws(() => metrics.set('frame_total', 1), { instanceOf: GstIplError, message: 'The metric "frame_total" is not declared.' });
  t.throws(() => metrics.set('depth', 1, { 'two words': 'a' }), { instanceOf: GstIplError });
  for (let index = 0; index < 6_000; index += 1) metrics.set('many', 1, { index: `${index}` });
  t.is(metrics.read().length, 5_000);
  metrics.set('depth', 7);
  t.is(metrics.get('depth'), 7);
});

test('a rate is that of the last seconds', (t) => {
  const meter = new RateMeter();
  t.is(meter.rate(0), 0);
  for (let ms = 100_000; ms < 110_000; ms += 40) meter.count(ms);
  t.true(Math.abs(meter.rate(110_000) - 25) < 0.5, `${meter.rate(110_000)}`);
  t.true(Math.abs(meter.rate(112_500) - 12.5) < 2, `${meter.rate(112_500)}`);
  t.is(meter.rate(120_000), 0);
});
