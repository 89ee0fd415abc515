/** What the planner joins, and that it runs. */
import path from 'node:path';
import test from 'ava';
import { defineElement, parseGraphText } from '../../plugin';
import { map, type Observable } from 'rxjs';
import { describePlan, toDot, toMermaid } from '../../plugin/graph/describe';
import { temporaryFolder } from '../support/folder';
import { readRecording } from '../support/media';
import { planGraph } from '../../plugin/graph/plan';
import { load, registryWithMiddle, runToEnd, type Outcome } from '../support/run-graph';
import type { Frame, Graph } from '../../plugin';

const folder = temporaryFolder();
const OUTLET = 'queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! videoconvert ! capsfilter caps="video/x-raw,format=(string){I420,NV12}" ! identity drop-allocation=true ! deinterlace fields=top';
const inlet = (name: string): string => `appsrc name=${name}_inlet format=time block=false max-bytes=0`;
const outlet = (name: string): string => `${OUTLET} ! appsink name=${name}_outlet sync=false max-buffers=2`;
const QUEUE = 'queue max-size-buffers=8 max-size-bytes=0 max-size-time=0';

const BARS = 'videotestsrc num-buffers=12 ! video/x-raw,format=I420,width=32,height=16,framerate=25/1';

/** Hands frames on and counts them. */
let passed = 0;
const shared = new Set<boolean>();
const passElement = defineElement({
  kind: 'stage',
  name: 'pass',
  summary: '',
  input: { min: 1, max: 1, medium: 'frames' },
  output: 'frames',
  options: {},
  example: '',
  create: () => ({
    connect: ([frames]) =>
      (frames as Observable<Frame>).pipe(
        map((frame) => {
          passed += 1;
          shared.add(frame.shared);
          return frame;
        }),
      ),
  }),
});

/** @param dry what the graph names need not be there */
async function plan(nodes: string, dry = false): Promise<{ graph: Graph; launches: string[]; run: () => Promise<Outcome> }> {
  const registry = registryWithMiddle();
  registry.add(passElement);
  const graph = await load(`nodes:\n${nodes.replaceAll('OUT', folder).replaceAll('BARS', BARS)}`, {}, registry, dry);
  passed = 0;
  shared.clear();
  return { graph, launches: graph.plan.pipelines.flatMap(({ readable }) => readable.split('\n')), run: () => runToEnd(graph) };
}

const recorded = (name: string): number => readRecording(path.join(folder, name)).frames.length;

test.serial('a source, filters and a sink are one pipeline, and no picture crosses into Node', async (t) => {
  const { launches, run } = await plan(`
  a: { use: source, launch: "BARS" }
  b: { use: filter, from: a, launch: videobalance saturation=0 }
  c: { use: filter, from: b, launch: identity }
  k: { use: sink, from: c, launch: gdppay ! filesink location=OUT/1.gdp }`);
  t.deepEqual(launches, [`${BARS} ! videoconvert ! videobalance saturation=0 ! videoconvert ! identity ! videoconvert ! gdppay ! filesink location=${folder}/1.gdp`]);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.deepEqual(outcome.events.map(({ type }) => type), ['started']);
  t.is(recorded('1.gdp'), 12);
});

test.serial('a filter joins the source before it, and the sink behind it', async (t) => {
  const { launches, run } = await plan(`
  a: { use: source, launch: "BARS" }
  b: { use: filter, from: a, launch: videoflip video-direction=90r }
  p: { use: pass, from: b }
  c: { use: filter, from: p, launch: videobalance }
  k: { use: sink, from: c, launch: gdppay ! filesink location=OUT/2.gdp }`);
  t.deepEqual(launches, [
    `${inlet('p')} ! videoconvert ! videobalance ! videoconvert ! gdppay ! filesink location=${folder}/2.gdp`,
    `${BARS} ! videoconvert ! videoflip video-direction=90r ! ${outlet('b')}`,
  ]);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.is(outcome.frames('p').length, 12);
  const { caps, frames } = readRecording(path.join(folder, '2.gdp'));
  t.is(frames.length, 12);
  t.regex(caps[0] ?? '', /width=\(int\)16, height=\(int\)32/);
});

test.serial('a filter between two stages is a pipeline of its own', async (t) => {
  const { launches, run } = await plan(`
  a: { use: source, launch: "BARS" }
  p: { use: pass, from: a }
  f: { use: filter, from: p, launch: identity }
  q: { use: pass, from: f }
  k: { use: sink, from: q, launch: gdppay ! filesink location=OUT/3.gdp }`);
  t.deepEqual(launches, [`${inlet('p')} ! videoconvert ! identity ! ${outlet('f')}`, `${inlet('q')} ! videoconvert ! gdppay ! filesink location=${folder}/3.gdp`, `${BARS} ! ${outlet('a')}`]);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.is(passed, 24);
  t.deepEqual([...shared], [false]);
  t.is(recorded('3.gdp'), 12);
});

test.serial('a source that feeds a sink and a stage has a tee; its pixels cross for the stage only', async (t) => {
  const { launches, run } = await plan(`
  a: { use: source, launch: "BARS" }
  b: { use: source, launch: "BARS" }
  s: { use: sync, from: [a, b] }
  m: { use: middle, from: s }
  k: { use: sink, from: m, launch: gdppay ! filesink location=OUT/4.gdp }
  l: { use: sink, from: a, launch: x264enc ! h264parse ! mp4mux ! filesink location=OUT/4.mp4 }`);
  t.deepEqual(launches, [
    `${inlet('m')} ! videoconvert ! gdppay ! filesink location=${folder}/4.gdp`,
    `${BARS} ! tee name=a_tee`,
    `a_tee. ! ${QUEUE} ! videoconvert ! x264enc ! h264parse ! mp4mux ! filesink location=${folder}/4.mp4`,
    `a_tee. ! ${QUEUE} ! ${outlet('a')}`,
    `${BARS} ! ${outlet('b')}`,
  ]);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.is(recorded('4.gdp'), 12);
});

test.serial('one node that feeds two sinks crosses once', async (t) => {
  const { launches, run } = await plan(`
  a: { use: source, launch: "BARS" }
  p: { use: pass, from: a }
  k: { use: sink, from: p, launch: gdppay ! filesink location=OUT/5a.gdp }
  l: { use: sink, from: p, launch: gdppay ! filesink location=OUT/5b.gdp }`);
  t.deepEqual(launches, [
    `${inlet('p')} ! tee name=p_tee`,
    `p_tee. ! ${QUEUE} ! videoconvert ! gdppay ! filesink location=${folder}/5a.gdp`,
    `p_tee. ! ${QUEUE} ! videoconvert ! gdppay ! filesink location=${folder}/5b.gdp`,
    `${BARS} ! ${outlet('a')}`,
  ]);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.deepEqual([recorded('5a.gdp'), recorded('5b.gdp'), passed], [12, 12, 12]);
});

test.serial('frames that two stages receive are marked as shared', async (t) => {
  const { run } = await plan(`
  a: { use: source, launch: "BARS" }
  p: { use: pass, from: a }
  q: { use: pass, from: a }
  k: { use: sink, from: p, launch: gdppay ! filesink location=OUT/6a.gdp }
  l: { use: sink, from: q, launch: gdppay ! filesink location=OUT/6b.gdp }`);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.deepEqual([...shared], [true]);
  t.deepEqual([recorded('6a.gdp'), recorded('6b.gdp')], [12, 12]);
});

test.serial('three sources with a stage each way: sinks of an encoder that looks ahead beside one that does not', async (t) => {
  const { run } = await plan(`
  a: { use: source, launch: "videotestsrc num-buffers=80 ! video/x-raw,format=I420,width=32,height=16" }
  p: { use: pass, from: a }
  k: { use: sink, from: p, launch: x264enc ! h264parse ! mp4mux ! filesink location=OUT/7.mp4 }
  l: { use: sink, from: p, launch: gdppay ! filesink location=OUT/7.gdp }`);
  const outcome = await run();
  t.is(outcome.error, undefined);
  t.is(recorded('7.gdp'), 80);
});

test.serial('all sources share one pipeline; the order of the file does not matter', async (t) => {
  const { graph, run } = await plan(`
  k: { use: sink, from: m, launch: gdppay ! filesink location=OUT/8.gdp }
  m: { use: middle, from: s }
  s: { use: sync, from: [a, b, c] }
  c: { use: source, launch: "BARS" }
  b: { use: source, launch: "BARS" }
  a: { use: source, launch: "BARS" }`);
  t.deepEqual(graph.plan.pipelines.map(({ name, nodes }) => [name, nodes]), [['output1', ['k']], ['input', ['c', 'b', 'a']]]);
  t.deepEqual(graph.plan.stages.map(({ name }) => name), ['s', 'm']);
  const outcome = await run();
  t.deepEqual([outcome.error, outcome.warnings, recorded('8.gdp')], [undefined, [], 12]);
});

test.serial('two chains in one graph both run to their ends', async (t) => {
  const { run } = await plan(`
  a: { use: source, launch: "BARS" }
  p: { use: pass, from: a }
  k: { use: sink, from: p, launch: gdppay ! filesink location=OUT/9a.gdp }
  b: { use: source, launch: "videotestsrc num-buffers=40" }
  l: { use: sink, from: b, launch: gdppay ! filesink location=OUT/9b.gdp }`);
  const outcome = await run();
  t.deepEqual([outcome.error, recorded('9a.gdp'), recorded('9b.gdp')], [undefined, 12, 40]);
});

test.serial('the plan is shown as text, Mermaid and DOT', async (t) => {
  const { graph } = await plan(`
  a: { use: source, launch: "BARS" }
  b: { use: source, launch: "BARS" }
  s: { use: sync, from: [a, b], tolerance: 8ms }
  m: { use: middle, from: s }
  k: { use: sink, from: m, launch: fakesink }`);
  const text = describePlan(graph.plan);
  t.true(text.startsWith(`GStreamer pipeline "input" (a, b)\n    ${BARS} ! ${outlet('a')}\n`));
  t.regex(text, /Stage "s" \(sync\) reads a, b\n {4}tolerance: 8 ms\n/);
  t.regex(toMermaid(graph.checked), /^flowchart LR\n[^]* {2}a --> s\n {2}b --> s\n {2}s --> m\n {2}m --> k$/);
  t.regex(toDot(graph.checked), /^digraph gst_ipl \{\n[^]* {2}a -> s;\n[^]*\}$/);
});

test('an outlet obeys rotation tags where something may tell them, and nobody in front has turned the pictures', async (t) => {
  const turned = async (launch: string, filter = ''): Promise<boolean> => {
    const filtered = filter === '' ? 'a' : 'f';
    const { launches } = await plan(`
  a: { use: source, launch: "${launch}" }
${filter === '' ? '' : `  f: { use: filter, from: a, launch: ${filter} }`}
  p: { use: pass, from: ${filtered} }
  k: { use: sink, from: p, launch: fakesink }`, true);
    return launches.some((text) => text.includes('! videoflip video-direction=auto ! appsink'));
  };
  t.true(await turned('filesrc location=flip ! decodebin'));
  t.true(await turned('filesrc location=flip ! decodebin', 'videobalance'));
  t.true(await turned('videotestsrc ! taginject tags=image-orientation=rotate-90'));
  t.false(await turned('filesrc location=x ! decodebin ! videoflip method=automatic'));
  t.false(await turned('filesrc location=flip ! decodebin', 'videoflip method=clockwise'));
  t.false(await turned('v4l2src'));
});

test.serial('a graph that parts and joins 25 times is planned at once', async (t) => {
  const diamonds = Array.from({ length: 25 }, (_, index) => {
    const from = index === 0 ? 'a' : `m${index - 1}`;
    return `  p${index}: { use: pass, from: ${from} }\n  q${index}: { use: pass, from: ${from} }\n  s${index}: { use: sync, from: [p${index}, q${index}] }\n  m${index}: { use: middle, from: s${index} }`;
  });
  const before = process.cpuUsage();
  const { graph } = await plan(['  a: { use: source, launch: "BARS" }', ...diamonds.reverse(), '  k: { use: sink, from: m24, launch: fakesink }'].join('\n'));
  t.true(process.cpuUsage(before).user < 5e6);
  const order = graph.plan.stages.map(({ name }) => name);
  t.deepEqual(order, Array.from({ length: 25 }, (_, index) => [`p${index}`, `q${index}`, `s${index}`, `m${index}`]).flat());
});

test.serial('chains of thousands of nodes are checked and planned, whether in GStreamer or in Node', async (t) => {
  const { graph } = await plan(`
  a: { use: source, launch: "BARS" }
  f: { use: filter, from: a, launch: identity }
  p: { use: pass, from: f }
  k: { use: sink, from: p, launch: fakesink }`);
  const [source, filter, pass, sink] = graph.checked.nodes;
  if (!source || !filter || !pass || !sink) return t.fail();
  const many = Array.from({ length: 5000 }, (_, index) => index);
  for (const node of [filter, pass]) {
    const chain = many.map((index) => ({ ...node, name: `n${index}`, from: [index === 0 ? 'a' : `n${index - 1}`] }));
    const { pipelines, stages } = planGraph({ file: '', nodes: [source, ...chain.reverse(), { ...pass, name: 'last', from: ['n4999'] }, { ...sink, from: ['last'] }] });
    t.is(stages.length, node === pass ? 5001 : 1);
    t.is(pipelines.at(-1)?.nodes.length, node === pass ? 1 : 5001);
  }
  const ring = many.map((index) => `  n${index}: { use: pass, from: n${(index + 1) % many.length} }`);
  const registry = registryWithMiddle();
  registry.add(passElement);
  const error = await t.throwsAsync(parseGraphText(`nodes:\n${ring.join('\n')}`, {}, registry));
  t.regex(error?.message ?? '', /^The graph has a cycle: n\d+ -> n\d+/);
});

test.serial('what JSON has no word for is shown, too', async (t) => {
  const { graph } = await plan(`
  a: { use: source, uri: "rtsp://10.0.0.1/x", restart: always }
  b: { use: source, uri: "rtsp://10.0.0.2/x", restart: { attempts: 3, silence: 2s } }
  s: { use: sync, from: [a, b], offsets: { a: 40ms } }
  m: { use: middle, from: s }
  k: { use: sink, from: m, launch: fakesink }`);
  const text = describePlan(graph.plan);
  t.regex(text, /restart: \{[^}]*"attempts":"without end"/);
  t.regex(text, /restart: \{[^}]*"silence":"2000 ms"[^}]*"attempts":3/);
  t.regex(text, /offsets: \{"a":"40 ms"\}/);
});
