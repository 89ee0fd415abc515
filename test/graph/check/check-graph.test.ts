/** What is wrong with a graph is found before anything starts, all at once, each at its place. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { builtinElements, GraphError, graphSchema, GstIplError, loadGraph, parseGraphText } from '../../../plugin';
import { atMost } from '../../support/at-most';
import { temporaryFolder } from '../../support/folder';
import { ROOT } from '../../setup/script';

const folder = temporaryFolder();

/** Each check starts a program. */
const inTurn = atMost(4);

/** Every problem as a terminal shows it, without its hint, and the hints. */
async function problemsOf(text: string, params: Record<string, string> = {}): Promise<{ lines: string[]; hints: (string | undefined)[] }> {
  const error = await inTurn(() => parseGraphText(text, { params })).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return { lines: [], hints: [] };
  if (!(error instanceof GraphError)) throw new Error('not a GraphError', { cause: error });
  const lines = error.problems.map(({ message, place }) => `${place?.file}:${place?.line}:${place?.column}: ${message}`);
  return { lines, hints: error.problems.map(({ hint }) => hint) };
}

const graph = (...nodes: string[]): string => ['nodes:', ...nodes.map((node) => `  ${node}`)].join('\n');
const A = 'a: { use: source, launch: videotestsrc }';
const B = 'b: { use: source, launch: videotestsrc }';
const K = 'k: { use: sink, from: a, launch: fakesink }';

const cases: [title: string, text: string, lines: string[], hints: (string | RegExp | undefined)[], params?: Record<string, string>][] = [
  ['a graph that is right', graph(A, K), [], []],
  [
    'a graph in JSON',
    '{"nodes": {"a": {"use": "source", "launch": "videotestsrc"},\n "k": {"use": "sinc", "from": "a", "launch": "fakesink"}}}',
    ['graph.yaml:2:15: There is no element "sinc".'],
    ['Did you mean "sync"?'],
  ],
  ['unknown element', graph('a: { use: sorce, launch: videotestsrc }', K), ['graph.yaml:2:13: There is no element "sorce".'], ['Did you mean "source"?']],
  [
    'unknown option',
    graph(A, B, 's: { use: sync, from: [a, b], tolerence: 8ms }', 'f: { use: ipl, from: s }', 'k: { use: sink, from: f, launch: fakesink }'),
    ['graph.yaml:4:33: Element "sync" has no option "tolerence".'],
    ['Did you mean "tolerance"?'],
  ],
  ...['constructor', 'toString', '__proto__', 'hasOwnProperty'].map((name): (typeof cases)[number] => [
    `an option called ${name}`,
    graph(`a: { use: source, launch: videotestsrc, ${name}: 1 }`, K),
    [`graph.yaml:2:43: Element "source" has no option "${name}".`],
    [/^There is: |^Did you mean/],
  ]),
  ...['constructor', 'toString', '__proto__'].map((name): (typeof cases)[number] => [
    `an element, a GStreamer element and an input called ${name}`,
    graph(A, `b: { use: ${name}, from: a }`, `k: { use: sink, from: a, launch: "identity ! a${name}" }`, `l: { use: sink, from: ${name}, launch: fakesink }`),
    [`graph.yaml:3:13: There is no element "${name}".`, `graph.yaml:5:25: Node "l" reads from "${name}", which does not exist.`, `graph.yaml:4:48: Node "k": GStreamer has no element "a${name}".`],
    [/.*/, /.*/, /.*/],
  ]),
  [
    'a GStreamer element called constructor',
    graph(A, 'k: { use: sink, from: a, launch: constructor }'),
    ['graph.yaml:3:36: Node "k": GStreamer has no element "constructor".'],
    [/.*/],
  ],
  ['a parameter that is not there, called __proto__', graph(A, K), ['--set:undefined:undefined: The graph graph.yaml has no parameter "__proto__".'], ['There is none.'], JSON.parse('{"__proto__": "x"}') as Record<string, string>],
  [
    'bad option value',
    graph(A, B, 's: { use: sync, from: [a, b], tolerance: soon }', 'f: { use: ipl, from: s }', 'k: { use: sink, from: f, launch: fakesink }'),
    ['graph.yaml:4:44: Option "tolerance" of node "s": "soon" is not a duration.'],
    ['Write a number and a unit, such as 8ms, 1.5s or 2min.'],
  ],
  [
    'missing option',
    graph(A, 'k: { use: sink, from: a }'),
    ['graph.yaml:3:3: Node "k" (sink) lacks the option "launch".'],
    ['Launch fragment that ends with a sink element.'],
  ],
  ['dangling input', graph(A, 'k: { use: sink, from: aa, launch: fakesink }'), ['graph.yaml:2:3: Nothing reads from node "a".', 'graph.yaml:3:25: Node "k" reads from "aa", which does not exist.'], ['Add a sink: { use: sink, from: a, launch: ... }', 'Did you mean "a"?']],
  [
    'exposures where frames are needed',
    graph(A, B, 's: { use: sync, from: [a, b] }', 'k: { use: sink, from: s, launch: fakesink }'),
    ['graph.yaml:5:25: Node "k" (sink) needs frames, but "s" (sync) gives exposures.'],
    ['Put an `ipl` node between: it makes frames of exposure sets.'],
  ],
  [
    'frames where exposures are needed',
    graph(A, 'f: { use: ipl, from: a }', 'k: { use: sink, from: f, launch: fakesink }'),
    ['graph.yaml:3:24: Node "f" (ipl) needs exposures, but "a" (source) gives frames.'],
    ['Put a `sync` node between: it makes exposure sets of streams.'],
  ],
  [
    'reading from a sink',
    graph(A, K, 'l: { use: sink, from: k, launch: fakesink }'),
    ['graph.yaml:4:25: Node "l" (sink) needs frames, but "k" (sink) gives nothing.'],
    [undefined],
  ],
  ['too many inputs', graph(A, B, 'k: { use: sink, from: [a, b], launch: fakesink }'), ['graph.yaml:4:3: Node "k" (sink) takes 1 input, but has 2.'], ['Name the nodes to read from in `from`.']],
  ['a source with an input', graph(A, 'b: { use: source, from: a, launch: videotestsrc }', 'k: { use: sink, from: b, launch: fakesink }'), ['graph.yaml:3:3: Node "b" (source) takes no input, but has 1.'], ['Remove `from`.']],
  ['too few inputs', graph(A, 's: { use: sync, from: a }', 'f: { use: ipl, from: s }', 'k: { use: sink, from: f, launch: fakesink }'), ['graph.yaml:3:3: Node "s" (sync) takes 2 to 5 inputs, but has 1.'], ['Name the nodes to read from in `from`.']],
  [
    'the same branch twice',
    graph(A, 's: { use: sync, from: [a, a] }', 'f: { use: ipl, from: s }', 'k: { use: sink, from: f, launch: fakesink }'),
    ['graph.yaml:3:29: Node "s" reads from "a" twice.'],
    ['Every branch must be another node.'],
  ],
  [
    'cycle',
    graph('x: { use: filter, from: y, launch: identity }', 'y: { use: filter, from: x, launch: identity }', 'k: { use: sink, from: y, launch: fakesink }'),
    ['graph.yaml:3:3: The graph has a cycle: y -> x -> y.'],
    ['Frames flow one way, from sources to sinks.'],
  ],
  ['a node that reads itself', graph('x: { use: filter, from: x, launch: identity }'), ['graph.yaml:2:3: The graph has a cycle: x -> x.'], ['Frames flow one way, from sources to sinks.']],
  ['a name given twice', graph(A, A, K), ['graph.yaml:3:3: The name "a" is given twice.'], ['The first is in line 2.']],
  ['an option given twice, and something else', graph('a: { use: source, launch: videotestsrc, launch: videotestsrc, lunch: x }', K), ['graph.yaml:2:43: The name "launch" is given twice.', 'graph.yaml:2:65: Element "source" has no option "lunch".'], ['The first is in line 2.', 'Did you mean "launch"?']],
  ['an alias', graph('a: &it { use: source, launch: videotestsrc }', 'b: *it', 'k: { use: sink, from: b, launch: *it }'), ['graph.yaml:3:6: Graph files take no alias: "*it".'], [/make it a parameter/]],
  ['two documents', `${graph(A, K)}\n---\n${graph(A, K)}`, ['graph.yaml:4:1: This is not YAML: a graph file is one document, and another begins here.'], [undefined]],
  ['not YAML', 'nodes: {a: [', ['graph.yaml:1:12: This is not YAML: the [ that is opened here is not closed.'], ['Its ] is missing before line 1.']],
  [
    'a missing }',
    graph("a: { use: source, launch: \"it's { here\" # and {", B, 's: { use: sync, from: [a, b] }', 'f: { use: ipl, from: s }', 'k: { use: sink, from: f, launch: fakesink }'),
    ['graph.yaml:2:6: This is not YAML: the { that is opened here is not closed.'],
    ['Its } is missing before line 3.'],
  ],
  ['a missing ]', graph(A, B, 's: { use: sync, from: [a, b }', K), ['graph.yaml:4:25: This is not YAML: the [ that is opened here is not closed.'], ['Its ] is missing before line 4.']],
  ['a missing quote', graph('a: { use: source, launch: "videotestsrc }', K), ['graph.yaml:2:29: This is not YAML: the " that is opened here is not closed.'], [/^Its " is missing before line \d\.$/]],
  ['a parameter without quotes', `params: { l: videotestsrc }\n${graph('a: { use: source, launch: ${l} }', K)}`, ['graph.yaml:3:30: This is not YAML: Unexpected flow-map-start at node end.'], ['Inside of { }, a value that begins with ${ needs quotes.']],
  [
    'a misspelt section does not hide what else is wrong',
    `parms: { l: videotestsrc }\n${graph('a: { use: source, launch: "${l}" }', 'b: { use: blur, from: a }', 'k: { use: sink, from: b, lunch: fakesink }')}`,
    ['graph.yaml:1:1: There is no section "parms".', 'graph.yaml:4:13: There is no element "blur".', 'graph.yaml:5:28: Element "sink" has no option "lunch".', 'graph.yaml:5:3: Node "k" (sink) lacks the option "launch".'],
    ['Did you mean "params"?', undefined, 'Did you mean "launch"?', 'Launch fragment that ends with a sink element.'],
  ],
  [
    'a misnamed parameter does not hide what else is wrong',
    `params: { my-file: x }\n${graph(A, 'k: { use: sink, from: b, launch: fakesink }')}`,
    ['graph.yaml:1:11: "my-file" cannot be a parameter name.', 'graph.yaml:3:3: Nothing reads from node "a".', 'graph.yaml:4:25: Node "k" reads from "b", which does not exist.'],
    ['Names begin with a letter and go on with letters, digits and underscores.', undefined, 'There is: a, k.'],
  ],
  ['no nodes', 'params: { a: 1 }', ['graph.yaml:1:1: The graph has no "nodes".'], ['See `gst-ipl elements` for what a node can be.']],
  ['an unknown section', `nods:\n  ${A}`, ['graph.yaml:1:1: There is no section "nods".', 'graph.yaml:2:3: Nothing reads from node "a".'], ['Did you mean "nodes"?', undefined]],
  ['a section that is none', `sources:\n  x: 1\n${graph(A, K)}`, ['graph.yaml:1:1: There is no section "sources".'], ['There is: params, nodes.']],
  ['a list where nodes belong', 'nodes: [a]', ['graph.yaml:1:8: "nodes" must be a map of names to values.', 'graph.yaml:1:8: The graph has no nodes.'], [undefined, undefined]],
  ['a node that is not a map', graph('a: videotestsrc'), ['graph.yaml:2:6: Node "a" must be a map of names to values.'], [undefined]],
  ['another node that is not a map', graph('a: videotestsrc', 'k: { use: sink, from: a, lunch: fakesink }'), ['graph.yaml:2:6: Node "a" must be a map of names to values.', 'graph.yaml:3:28: Element "sink" has no option "lunch".', 'graph.yaml:3:3: Node "k" (sink) lacks the option "launch".'], [undefined, 'Did you mean "launch"?', undefined]],
  ['a node without element', graph('a: { launch: videotestsrc }', K), ['graph.yaml:2:3: Node "a" does not say which element to use.'], ['Add `use: ELEMENT`.']],
  ['a name with a space', graph('a b: { use: source, launch: videotestsrc }', 'k: { use: sink, from: a b, launch: fakesink }'), ['graph.yaml:2:3: "a b" cannot be a node name.'], ['Names begin with a letter and go on with letters, digits and underscores.']],
  ['missing parameter', `params: { f: }\n${graph('a: { use: source, launch: "filesrc location=${f} ! decodebin" }', K)}`, ['graph.yaml:3:29: Parameter "f" has no value.'], ['Give it one: --set f=VALUE']],
  ['unknown parameter', `params: { file: x }\n${graph('a: { use: source, launch: "filesrc location=${flie} ! decodebin" }', K)}`, ['graph.yaml:3:29: There is no parameter "flie".'], ['Did you mean "file"?']],
  ['unknown --set', graph(A, K), ['--set:undefined:undefined: The graph graph.yaml has no parameter "x".'], ['There is none.'], { x: '1' }],
  [
    'a parameter with a line break',
    `params: { f: x }\n${graph('a: { use: source, launch: "filesrc location=${f} ! decodebin" }', K)}`,
    ['graph.yaml:3:29: Parameter "f": "a\\nb" holds a line break or control character.'],
    ['GStreamer launch strings cannot carry it; use a name without it.'],
    { f: 'a\nb' },
  ],
  [
    'several problems at once',
    graph('a: { use: source, lunch: videotestsrc }', 'b: { use: blur, from: a }', 'k: { use: sink, from: c, launch: fakesink }'),
    [
      'graph.yaml:3:13: There is no element "blur".',
      'graph.yaml:4:25: Node "k" reads from "c", which does not exist.',
      'graph.yaml:2:21: Element "source" has no option "lunch".',
    ],
    ['There is: source, sync, alternate, ipl, filter, sink, record, publish, preview.', 'There is: a, b, k.', 'Did you mean "launch"?'],
  ],
  [
    'a GStreamer element that is not installed',
    graph('a: { use: source, launch: "videotestsrc ! neonhttpsrk ! webpdecc" }', 'k: { use: sink, from: a, launch: "videoscale ! dvdspux ! fakesink" }'),
    ['graph.yaml:2:45: Node "a": GStreamer has no element "neonhttpsrk".', 'graph.yaml:3:50: Node "k": GStreamer has no element "dvdspux".'],
    ['Did you mean "neonhttpsrc"?', 'Did you mean "dvdspu"?'],
  ],
  ['unknown property', graph('a: { use: source, launch: "videotestsrc patern=ball" }', K), ['graph.yaml:2:43: Node "a": The GStreamer element videotestsrc has no property "patern".'], ['Did you mean "pattern"? `gst-inspect-1.0 videotestsrc` lists its properties.']],
  [
    'a launch fragment over several lines',
    'nodes:\n  a:\n    use: source\n    launch: >\n      videotestsrc\n      ! vidoeconvert\n      ! identity\n  k: { use: sink, from: a, launch: fakesink }',
    ['graph.yaml:6:9: Node "a": GStreamer has no element "vidoeconvert".'],
    ['Did you mean "videoconvert"?'],
  ],
];

/** Problems beside the one that a case is about; their hints are tested by cases of their own. */
const NOT_THE_POINT = /Nothing reads from|no element "blur"|lacks the option/;

for (const [title, text, lines, hints, params] of cases) {
  test(`check: ${title}`, async (t) => {
    const found = await problemsOf(text, params);
    t.deepEqual(found.lines, lines);
    for (const [index, hint] of hints.entries()) {
      const told = found.hints[index];
      if (hint instanceof RegExp) t.regex(told ?? '', hint);
      else if (hint !== undefined || !NOT_THE_POINT.test(lines[index] ?? '')) t.is(told, hint);
    }
  });
}

test('check: the Debian package of a missing element', async (t) => {
  // Hardware elements register only where the hardware is.
  const { lines, hints } = await problemsOf(graph(A, 'k: { use: sink, from: a, launch: "msdkvp9enc ! fakesink" }'));
  t.deepEqual(lines, ['graph.yaml:3:37: Node "k": GStreamer has no element "msdkvp9enc".']);
  t.deepEqual(hints, ['It is there only with its hardware, the driver, and the package: apt-get install gstreamer1.0-plugins-bad']);
});

const refused: [launch: string, line: string, hint: string | undefined][] = [
  ['videotestsrc !', '29: Node "a": GStreamer refuses the launch string "videotestsrc !": syntax error.', 'Leave out the "!" at the beginning and at the end: nodes are joined by `from`.'],
  ['! videotestsrc', '29: Node "a": GStreamer refuses the launch string "! videotestsrc": syntax error.', 'Leave out the "!" at the beginning and at the end: nodes are joined by `from`.'],
  ['videotestsrc ! ! identity', '29: Node "a": GStreamer refuses the launch string "videotestsrc ! ! identity": syntax error.', 'An element is missing between "!" and "!".'],
  ['videotestsrc ! nothere.sink', '29: Node "a": GStreamer refuses the launch string "videotestsrc ! nothere.sink": syntax error.', undefined],
  ['videotestsrc ! video/x-raw,width=', '45: Node "a": GStreamer refuses the launch string "videotestsrc ! video/x-raw,width=": could not parse caps "video/x-raw,width=".', undefined],
  ['videotestsrc num-buffers=many', '55: Node "a": The property "num-buffers" of the GStreamer element videotestsrc cannot be "many".', 'It is a whole number from -1 to 2147483647.'],
  ['videotestsrc ! filesink location=x', '45: Node "a": The launch fragment ends with filesink, which has no video output.', 'Another node reads from this one: end with an element that gives raw video.'],
  ['videotestsrc ! video/x-raw,format=I420 ! tee ! video/x-raw,format=NV12', '71: Node "a": What tee gives cannot be "video/x-raw, format=(string)NV12".', 'Put an element before the caps that converts it: `videoconvert`, `videoscale`, `videorate`.'],
  ['videotestsrc ! x264enc speed-preset=veryfaster ! h264parse ! avdec_h264', '66: Node "a": The property "speed-preset" of the GStreamer element x264enc cannot be "veryfaster".', 'Did you mean "veryfast"? It is one of None, ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow, placebo.'],
  ['videotestsrc is-live=perhaps', '51: Node "a": The property "is-live" of the GStreamer element videotestsrc cannot be "perhaps".', 'It is true or false.'],
  ['videotestsrc ! video/x-raw,format=I421', '64: Node "a": GStreamer has no video format "I421".', 'Did you mean "I420"?'],
  ['filesrc location=README.md ! decodebin ! video/x-raw, width=640, format=(string)YUV2', '110: Node "a": GStreamer has no video format "YUV2".', 'Did you mean "YUY2"?'],
  ['filesrc location=README.md ! decodebin ! capsfilter caps=video/x-raw,width=640x480', '105: Node "a": No video can have "width=640x480".', 'Sizes are whole numbers (width=1280,height=720), rates are fractions (framerate=25/1).'],
  ['filesrc location=README.md ! audioconvert', '59: Node "a": What filesrc reads are bytes, and audioconvert takes only raw video or sound.', 'Put `decodebin` between them.'],
  ['udpsrc port=5000 ! queue ! videoscale', '57: Node "a": What udpsrc reads are bytes, and videoscale takes only raw video or sound.', 'Put `decodebin` between them.'],
  ['videotestsrc ! x264enc', '45: Node "a": The launch fragment ends with x264enc, which has no video output.', 'Another node reads from this one: end with an element that gives raw video.'],
  ['videotestsrc ! x264enc ! queue ! h264parse ! queue', '75: Node "a": The launch fragment ends with queue, which has no video output.', 'Another node reads from this one: end with an element that gives raw video.'],
  ['videotestsrc ! x264enc ! audioconvert', '55: Node "a": GStreamer cannot link x264enc to audioconvert.', 'They share no format: put an element between that converts one to the other.'],
];
for (const [launch, line, hint] of refused) {
  test(`check: the launch fragment "${launch}" is refused at its place`, async (t) => {
    t.deepEqual(await problemsOf(graph(`a: { use: source, launch: "${launch}" }`, K)), { lines: [`graph.yaml:2:${line}`], hints: [hint] });
  });
}

const accepted = [
  'filesrc location=README.md ! queue ! rawvideoparse width=16 height=16 format=i420',
  'filesrc location=README.md ! pngdec',
  'filesrc location=README.md ! decodebin ! video/x-raw,format={I420,NV12},framerate=25/1',
  'udpsrc port=5000 caps="video/x-raw,format=I420,width=16,height=16,framerate=5/1" ! videoscale',
  'videotestsrc ! video/x-raw,format=I420,width=65535,height=16 ! videoconvert ! video/x-raw,format=RGB',
  'videotestsrc ! capsfilter caps="video/x-raw, format=(string) NV12" ! video/x-raw(memory:SystemMemory),format=NV12',
];
for (const launch of accepted) {
  test(`check: the launch fragment '${launch}' is right`, async (t) => {
    t.deepEqual(await problemsOf(JSON.stringify({ nodes: { a: { use: 'source', launch }, k: { use: 'sink', from: 'a', launch: 'fakesink' } } })), { lines: [], hints: [] });
  });
}

test('check: a filter that begins with a source is refused', async (t) => {
  const { lines } = await problemsOf(graph(A, 'f: { use: filter, from: a, launch: "videotestsrc" }', 'k: { use: sink, from: f, launch: fakesink }'));
  t.deepEqual(lines, ['graph.yaml:3:39: Node "f": GStreamer cannot link videoconvert to videotestsrc.']);
});

test('check: one name for two GStreamer elements', async (t) => {
  const { lines, hints } = await problemsOf(graph('a: { use: source, launch: "videotestsrc ! identity name=same" }', 'f: { use: filter, from: a, launch: "identity name=same" }', 'k: { use: sink, from: f, launch: fakesink }'));
  t.deepEqual(lines, ['graph.yaml:3:48: The name "same" is given to two GStreamer elements, in nodes "a" and "f".']);
  t.deepEqual(hints, ['Give one of them another name.']);
});

test('the same fragment may be used twice in a graph, also with names of its own', async (t) => {
  const { lines } = await problemsOf(graph(A, 'k: { use: sink, from: a, launch: "identity name=here ! fakesink name=there" }', 'l: { use: sink, from: a, launch: "identity ! fakesink" }'));
  t.deepEqual(lines, []);
});

test('a file that does not exist is one sentence', async (t) => {
  const error = await t.throwsAsync(() => loadGraph('/nowhere/graph.yaml'), { instanceOf: GstIplError });
  t.is(error?.describe(), '/nowhere/graph.yaml: The graph file /nowhere/graph.yaml does not exist.');
  await t.throwsAsync(() => loadGraph(folder), { message: /is a folder: name a file in it/ });
});

const USER_ELEMENT = `{
  kind: 'stage', name: 'plus', summary: 'Adds nothing.',
  input: { min: 1, max: 1, medium: 'frames' }, output: 'frames', example: '',
  options: { level: { summary: 'A level.', syntax: 'number', fallback: 3, defaultText: '3', required: false, schema: {}, read: Number } },
  create: ({ level }) => ({ connect: ([frames]) => { globalThis.levels = [...(globalThis.levels ?? []), level]; return frames; } }),
}`;

test("a user's own element, in JavaScript and in TypeScript, beside the graph file", async (t) => {
  const place = path.join(folder, 'own elements');
  mkdirSync(place);
  writeFileSync(path.join(place, 'plain.js'), `exports.element = ${USER_ELEMENT};`);
  writeFileSync(path.join(place, 'typed.ts'), `type Level = { level: number };\nexport const element = ${USER_ELEMENT.replace('({ level })', '({ level }: Level)')};`);
  const file = path.join(place, 'graph.yaml');
  writeFileSync(
    file,
    graph('a: { use: source, launch: "videotestsrc num-buffers=5" }', 'p: { use: ./plain.js, from: a, level: 7 }', 'q: { use: ./typed.ts, from: p }', 'k: { use: sink, from: q, launch: fakesink }'),
  );
  const loaded = await inTurn(() => loadGraph(file));
  let frames = 0;
  await loaded.run().events.forEach((event) => {
    if (event.type === 'frame' && event.node === 'q') frames += 1;
  });
  t.is(frames, 5);
  t.deepEqual((globalThis as { levels?: number[] }).levels, [7, 3]);
});

const badModules: [name: string, content: string | undefined, message: RegExp][] = [
  ['missing.js', undefined, /^The element module \.\/missing\.js does not exist\.$/],
  ['broken.js', 'module.exports = {', /^The element module \.\/broken\.js cannot be loaded: /],
  ['throws.js', 'throw new Error("no such luck");', /^The element module \.\/throws\.js cannot be loaded: no such luck$/],
  ['empty.js', '', /^The module \.\/empty\.js does not export an element\.$/],
  ['half.js', 'exports.element = { kind: "stage", options: {}, input: { min: 0, max: 0, medium: "frames" } };', /^The element of the module \.\/half\.js lacks name, output, create\(\)\.$/],
];
for (const [name, content, message] of badModules) {
  test(`a user's own element that cannot be used: ${name}`, async (t) => {
    if (content !== undefined) writeFileSync(path.join(folder, name), content);
    const file = path.join(folder, `${name}.yaml`);
    writeFileSync(file, graph(A, `p: { use: ./${name}, from: a }`, 'k: { use: sink, from: p, launch: fakesink }'));
    const error = await t.throwsAsync(() => inTurn(() => loadGraph(file)), { instanceOf: GraphError });
    t.regex(error?.message ?? '', message);
    t.like(error?.place, { file, line: 3, column: 13 });
  });
}

interface Validator {
  validate(schema: unknown, data: unknown): boolean;
}
const Ajv = module.require('ajv') as new (options: object) => Validator;
const YAML = module.require('yaml') as { parse(text: string): unknown };
const { readdirSync, readFileSync } = module.require('node:fs') as typeof import('node:fs');

test('the JSON Schema takes the graphs that we ship, and refuses wrong ones', (t) => {
  const validator = new Ajv({ schemaId: 'auto' });
  const schema = graphSchema(builtinElements());
  const shipped = readdirSync(path.join(ROOT, 'graphs')).filter((name) => /\.ya?ml$/.test(name));
  t.true(shipped.length > 0);
  for (const name of shipped) {
    t.true(validator.validate(schema, YAML.parse(readFileSync(path.join(ROOT, 'graphs', name), 'utf8'))), name);
  }
  const good = { params: { t: null, n: 4 }, nodes: { s: { use: 'sync', from: ['a', 'b'], tolerance: '${t}', queue: { capacity: 3 } }, o: { use: './own.ts', from: 's', anything: 1 } } };
  t.true(validator.validate(schema, good));
  const wrong: unknown[] = [
    {},
    { nodes: {} },
    { nodes: { a: { use: 'sorce', launch: 'x' } } },
    { nodes: { a: { use: 'sink', from: 'b' } } },
    { nodes: { a: { use: 'source', launch: 'x', from: 'b' } } },
    { nodes: { 'a b': { use: 'source', launch: 'x' } } },
    { nodes: { s: { use: 'sync', from: ['a'] } } },
    { nodes: { s: { use: 'sync', from: ['a', 'b'], tolerance: 'soon' } } },
    { nodes: { s: { use: 'sync', from: ['a', 'b'], queue: 'drop' } } },
    { nodes: { f: { use: 'ipl', from: 's', slice: 0 } } },
    { nodes: { a: { use: 'source', launch: 'x' } }, nods: {} },
  ];
  for (const graph of wrong) t.false(validator.validate(schema, graph), JSON.stringify(graph));
});
