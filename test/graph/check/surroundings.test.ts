/** What a graph names outside of itself (files, folders, devices, models, providers) is looked at before anything starts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GraphError, parseGraphText } from '../../../plugin';
import { atMost } from '../../support/at-most';
import { temporaryFolder } from '../../support/folder';

const folder = temporaryFolder();
const file = path.join(folder, 'there.bin');
writeFileSync(file, 'x');
mkdirSync(path.join(folder, 'sub'));
writeFileSync(path.join(folder, 'sub', '00001.png'), 'x');

/** Each check starts a program. */
const inTurn = atMost(4);

interface Told {
  readonly line: string;
  readonly hint: string | undefined;
}

async function check(text: string, options: Parameters<typeof parseGraphText>[1] = {}): Promise<Told[]> {
  try {
    await inTurn(() => parseGraphText(text.replaceAll('DIR', folder), options));
    return [];
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return error.problems.map(({ message, place, hint }) => {
      return { line: `${place?.line}:${place?.column}: ${message.replaceAll(folder, 'DIR')}`, hint: hint?.replaceAll(folder, 'DIR') };
    });
  }
}

const source = (launch: string): string => `nodes:\n  a: { use: source, ${launch} }\n  k: { use: sink, from: a, launch: fakesink }`;
const sink = (node: string): string => `nodes:\n  a: { use: source, launch: videotestsrc }\n  k: { from: a, ${node} }`;
const fusion = (option: string): string => `nodes:\n  a: { use: source, launch: videotestsrc }\n  b: { use: source, launch: videotestsrc }\n  s: { use: sync, from: [a, b] }\n  f: { use: ipl, from: s, ${option} }\n  k: { use: sink, from: f, launch: fakesink }`;

const wrong: [title: string, text: string, line: RegExp | string, hint: RegExp | string][] = [
  ['an input', source('launch: "filesrc location=DIR/nope.mp4 ! decodebin"'), '2:47: Node "a": The file "DIR/nope.mp4" does not exist.', 'Check the path.'],
  ['an input by a relative path', source('launch: "filesrc location=nope.mp4 ! decodebin"'), '2:47: Node "a": The file "nope.mp4" does not exist.', /^A relative path starts in the folder where the command is run: \/.*\/nope\.mp4 was looked for\.$/],
  ['an input by a parameter', `params: { in: DIR/nope.mp4 }\n${source('launch: "filesrc location=${in} ! decodebin"')}`, '3:47: Node "a": The file "DIR/nope.mp4" does not exist.', 'Check the path.'],
  ['an input by address', source('uri: DIR/nope.mp4'), '2:26: Node "a": The file "DIR/nope.mp4" does not exist.', 'Check the path.'],
  ['an input by file address', source('launch: "uridecodebin uri=file://DIR/nope.mp4"'), '2:47: Node "a": The file "DIR/nope.mp4" does not exist.', 'Check the path.'],
  ['an input that is a folder', source('uri: DIR/sub'), '2:26: Node "a": "DIR/sub" is a folder.', 'Name a file in it.'],
  ['an input without a name', source('launch: "filesrc ! decodebin"'), '2:30: Node "a": filesrc names no file.', 'Write its path: `location=PATH`.'],
  ['numbered inputs', source('launch: "multifilesrc location=DIR/none/%05d.png ! pngdec"'), '2:52: Node "a": The folder "DIR/none" does not exist.', 'Check the path.'],
  ['a device', source('uri: "v4l2:///dev/video99"'), '2:34: Node "a": The device "/dev/video99" does not exist.', '`gst-device-monitor-1.0` lists the devices that there are.'],
  ['an output folder', sink('use: sink, launch: "x264enc ! mp4mux ! filesink location=DIR/none/out.mp4"'), '3:74: Node "k": The output folder "DIR/none" does not exist.', 'Make it: mkdir -p "DIR/none"'],
  ['an output that is a folder', sink('use: sink, launch: "gdppay ! filesink location=DIR/sub"'), '3:64: Node "k": "DIR/sub" is a folder.', 'Name a file in it.'],
  ['an output folder that is a file', sink('use: sink, launch: "gdppay ! filesink location=DIR/there.bin/out"'), '3:64: Node "k": "DIR/there.bin", where "out" is to be written, is no folder.', 'Check the path.'],
  ['segments', sink('use: sink, launch: "x264enc ! splitmuxsink location=DIR/none/%d.mp4"'), '3:69: Node "k": The output folder "DIR/none" does not exist.', 'Make it: mkdir -p "DIR/none"'],
  ['a playlist', sink('use: sink, launch: "x264enc ! hlssink2 location=DIR/sub/%d.ts playlist-location=DIR/none/a.m3u8"'), /^3:\d+: Node "k": The output folder "DIR\/none" does not exist\.$/, 'Make it: mkdir -p "DIR/none"'],
  ['a folder of recordings', sink('use: record, to: DIR/there.bin/archive'), '3:34: Node "k": The folder "DIR/there.bin/archive" cannot be made: "DIR/there.bin" is no folder.', 'Name another.'],
  ['a folder of HLS segments', sink('use: publish, to: "hls:DIR/there.bin"'), '3:35: Node "k": Nothing can be written into "DIR/there.bin": "DIR/there.bin" is no folder.', 'Name another.'],
  ['a token file', sink('use: preview, tokenFile: DIR/none'), '3:42: Node "k": The token file DIR/none cannot be read (ENOENT).', /openssl rand/],
  ['a provider', fusion('provider: gpu'), '5:37: Node "f": this onnxruntime has no provider "gpu".', /Did you mean|There is: auto, cpu, /],
  ['a model', fusion('model: nope.json'), /^5:34: Node "f": The model file nope\.json cannot be read: ENOENT/, /name a model card of your own/],
];
for (const [title, text, line, hint] of wrong) {
  test(`check: ${title} that is not there is told with its place`, async (t) => {
    const told = await check(text);
    const match = (given: string | undefined, pattern: RegExp | string): void => void (typeof pattern === 'string' ? t.is(given, pattern) : t.regex(given ?? '', pattern));
    t.is(told.length, 1, JSON.stringify(told));
    match(told[0]?.line, line);
    match(told[0]?.hint, hint);
    t.deepEqual(await check(text, { dry: true }), [], 'a graph that is only shown');
  });
}

test('check: a name that would crash what numbers files is told with its place, and a parameter never makes one', async (t) => {
  const told = await check(sink('use: sink, launch: "jpegenc ! multifilesink location=DIR/%s-%d.jpg"'));
  t.deepEqual(told, [{
    line: '3:70: Node "k": multifilesink cannot number files by "DIR/%s-%d.jpg": "%s-" in it is no number.',
    hint: 'Write one number such as %05d; a % that belongs to the name is written twice: %%.',
  }]);
  const text = `params: { stills: }\n${sink('use: sink, launch: "jpegenc ! multifilesink location=DIR/${stills}-%d.jpg"')}`;
  for (const stills of ['%s%s%s%s', '%n%n', '%d', '%']) t.deepEqual(await check(text, { params: { stills } }), [], stills);
  const folders = await check(text, { params: { stills: '100%/x' } });
  t.deepEqual(folders.map(({ line, hint }) => [line.replace(/^[\d:]+ /, ''), hint]), [['Node "k": The output folder "DIR/100%" does not exist.', 'Make it: mkdir -p "DIR/100%"']]);
});

test('check: a parameter in caps is one word, and the parameter is told', async (t) => {
  const text = `params: { w: }\n${source('launch: "videotestsrc ! video/x-raw,width=${w}"')}`;
  t.deepEqual(await check(text, { params: { w: '64' } }), []);
  t.deepEqual((await check(text, { params: { w: '64,format=RGB' } })).map(({ line }) => line), ['3:29: Parameter "w": "64,format=RGB" cannot be a part of caps.']);
});

const right: [title: string, text: string][] = [
  ['a file', source('launch: "filesrc location=DIR/there.bin ! decodebin"')],
  ['numbered files', source('launch: "multifilesrc location=DIR/sub/%05d.png ! pngdec"')],
  ['an address in a network', source('launch: "rtspsrc location=rtsp://nowhere/x ! decodebin"')],
  ['a new file', sink('use: sink, launch: "gdppay ! filesink location=DIR/sub/new"')],
  ['a file that is there', sink('use: sink, launch: "gdppay ! filesink location=DIR/there.bin"')],
  ['a device that is written', sink('use: sink, launch: "gdppay ! filesink location=/dev/null"')],
  ['folders of recordings that are made', sink('use: record, to: DIR/a/b/c')],
  ['a provider that onnxruntime has', fusion('provider: webgpu')],
];
for (const [title, text] of right) {
  test(`check: ${title} is right`, async (t) => {
    t.deepEqual(await check(text), []);
  });
}
