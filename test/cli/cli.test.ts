import { copyFileSync, existsSync, linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { reportError } from '../../plugin/cli/report-error';
import { ROOT, runCommand, runRefused, startCommand, says } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { countPictures, gstLaunch, record } from '../support/media';
import { asItIs } from '../support/part';

const folder = temporaryFolder();
const photograph = (name: string): string => path.join(ROOT, 'examples', 'media', 'still', `${name}.jpg`);
/** The same at a quarter of the pixels, for what does not depend on how many there are. */
const still = (name: string): string => path.join(folder, `${name}.jpg`);

test.before(async () => {
  for (const name of ['under', 'mid', 'over']) await sharp(photograph(name)).resize(1000, 750).jpeg({ quality: 95 }).toFile(still(name));
});

test('help, version, and what is wrong with a command line', async (t) => {
  const help = await runCommand('--help');
  t.is(help.code, 0);
  for (const name of ['run', 'check', 'describe', 'calibrate', 'fuse', 'elements', 'doctor']) t.regex(help.stdout, new RegExp(`^  ${name} `, 'm'));
  t.regex((await runCommand('run', '--help')).stdout, /Usage: gst-ipl run GRAPH/);
  t.regex((await runCommand('--version')).stdout, /^\d+\.\d+\.\d+\n$/);

  const wrong = [
    [['rnu'], /There is no command "rnu"\.\n.*"run"/],
    [['run'], /Something is missing: gst-ipl run GRAPH/],
    [['segment', 'cut', 'a.mp4'], /how long a segment is: --every 60s/],
    [['segment', 'cut', 'a.mp4', '--every', '0s'], /a second is the least/],
    [['segment', 'cut', '/', '--every', '2s'], /"\/" is a folder/],
    [['segment', 'fuse', '/nowhere.yaml', '-o', 'a.piece'], /The graph file \/nowhere\.yaml does not exist/],
    [['segment', 'fuse', 'graphs/three-files.yaml', '--from', '2s', '--until', '1s', '-o', 'a.piece'], /--until .* lies behind --from/],
    [['run', 'a.yaml', 'b.yaml'], /"b\.yaml" is one too many/],
    [['run', 'a.yaml', '--sett', 'a=b'], /no option --sett\.\n.*--set/],
    [['run', 'a.yaml', '--set', 'a'], /--set takes NAME=VALUE/],
    [['run', 'a.yaml', 'rtsp://bob:a<b c@h/x'], /^gst-ipl: "rtsp:\/\/\*\*\*@h\/x" is one too many/],
    [['run', 'a.yaml', '--set', 'rtsp://bob:a/b c@h/x'], /but got "rtsp:\/\/\*\*\*"/],
    [['run', 'graphs/three-files.yaml', '--set', '__proto__=a'], /has no parameter "__proto__"/],
    [['fuse', 'a.jpg', 'b.jpg'], /needs an output/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.bmp'], /"x\.bmp" must end in/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--reference', 'c.jpg'], /--reference names "c\.jpg", which is none of the pictures/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--highlights', '1.5'], /--highlights: expected a number from 0 to 1, but got "1\.5"/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--shadows', 'deep'], /--shadows: expected a number from 0 to 1, but got "deep"/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--align', 'off', '--crop'], /--crop cuts what lining up leaves/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--align', 'sift'], /--align is auto or off, not "sift"/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--shadow', '1'], /no option --shadow\.\n.*--shadows/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.png', '--hdr'], /With --hdr a picture ends in \.avif, \.exr, \.hdr, \.jpg, \.jpeg; \.png holds no HDR/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.exr'], /\.exr holds light, which is merged with --hdr/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.exr', '--hdr', '--shadows', '0.5'], /--shadows is of fused pictures, and \.exr with --hdr shows light as it was/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.exr', '--hdr', '--transfer', 'hlg'], /--transfer is for \.avif/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.avif', '--hdr', '--curve', 'rgb'], /--curve is one of srgb, .*, not "rgb"/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.avif', '--curve', 'srgb'], /--curve is for HDR: add --hdr/],
    [['fuse', 'a.jpg', 'b.jpg', '-o', 'x.tif', '--bits', '12'], /--bits is for an \.avif/],
    [['fuse', 'a/x.jpg', 'b/x.jpg', '-o', 'x.tif', '--reference', 'x.jpg'], /--reference "x\.jpg" is the name of 2 of the pictures/],
    [['run', '/nowhere/graph.yaml'], /The graph file \/nowhere\/graph\.yaml does not exist\./],
    [['check', 'graphs'], /The graph file graphs is a folder: name a file in it\./],
    [['describe', '/nowhere/graph.yaml'], /does not exist\./],
    [['run', 'graphs/live-preview.yaml', '--metrics', 'abc'], /"abc" is no address to listen at\./],
    [['run', 'graphs/live-preview.yaml', '--metrics', '0', '--token-file', '/nowhere/token'], /The token file \/nowhere\/token cannot be read/],
    [['run', 'graphs/live-preview.yaml', '--log', 'xml'], /--log takes pretty or json/],
    [['run', 'graphs/live-preview.yaml', '--max-pixels', '0'], /--max-pixels: expected a number of pixels such as 200M or 1G, but got "0"/],
    [['exec'], /Something is missing: gst-ipl exec PROGRAM/],
    [['exec', '/nowhere/program.ts'], /The program \/nowhere\/program\.ts does not exist\./],
  ] as const;
  const refused = await runRefused(wrong.map(([args]) => args));
  for (const [index, [args, message]] of wrong.entries()) {
    t.is(refused[index]?.code, 2, args.join(' '));
    t.regex(refused[index]?.stderr ?? '', message);
  }
  const [[args, message]] = wrong;
  const { code, stderr } = await runCommand(...args);
  t.is(code, 2);
  t.regex(stderr, message);
});

test('what the system refuses is told in its words, with what to do, and is no defect', (t) => {
  const said: unknown[] = [];
  const tell = console.error;
  console.error = (text: unknown) => said.push(text);
  try {
    for (const file of ['/nowhere/a', '/']) t.is(reportError(t.throws(() => readFileSync(file))), 1);
  } finally {
    console.error = tell;
  }
  t.deepEqual(said, ["gst-ipl: ENOENT: no such file or directory, open '/nowhere/a'.\n    Check the path.", 'gst-ipl: EISDIR: illegal operation on a directory, read.\n    It is a folder: name a file in it.']);
});

test('check tells everything that is wrong, with places; describe shows joined launch strings', async (t) => {
  const good = await runCommand('check', 'graphs/three-files.yaml', '--set', `out=${path.join(folder, 'fused.mp4')}`);
  t.is(good.code, 0);
  const bad = path.join(folder, 'bad.yaml');
  writeFileSync(bad, 'nodes:\n  a: { use: sorce, launch: videotestsrc }\n  b: { use: sink, from: c, lunch: fakesink }\n');
  const { code, stderr } = await runCommand('check', bad);
  t.is(code, 2);
  t.true(stderr.includes(`${bad}:2:13: There is no element "sorce".\n    Did you mean "source"?`), stderr);
  t.true(stderr.includes(`${bad}:3:25: Node "b" reads from "c", which does not exist.`), stderr);
  t.regex(stderr, /has no option "lunch"\.\n {4}Did you mean "launch"\?/);

  const described = (await runCommand('describe', 'graphs/filtered.yaml')).stdout;
  t.notRegex(described, /: *$/m);
  t.regex(described, /appsrc name=fused_inlet .* ! videoconvert ! videobalance saturation=1\.1 ! tee name=crisp_tee/);
  t.regex((await runCommand('describe', 'graphs/filtered.yaml', '--mermaid')).stdout, /^flowchart LR[\s\S]*fused --> crisp/);
  t.regex((await runCommand('describe', 'graphs/filtered.yaml', '--dot')).stdout, /^digraph[\s\S]*fused -> crisp;/);
});

test('elements lists elements, and tells options, defaults and an example', async (t) => {
  const list = (await runCommand('elements')).stdout;
  for (const name of ['source', 'sync', 'alternate', 'ipl', 'filter', 'sink']) t.regex(list, new RegExp(`^${name} `, 'm'));
  const columns = list.trimEnd().split('\n').map((line) => /^\w+ {2,}/.exec(line)?.[0].length);
  t.deepEqual([...new Set(columns)], ['alternate  '.length], 'summaries stand below one another');
  const one = (await runCommand('elements', 'sync')).stdout;
  t.regex(one, /tolerance: duration[\s\S]*Default: half a frame duration[\s\S]*Example:\n {2}set: \{ use: sync/);
  const wrong = await runCommand('elements', 'sinc');
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /Did you mean "sync"\?/);
});

test('doctor finds this machine in order', async (t) => {
  const { code, stdout, stderr } = await runCommand('doctor');
  t.is(code, 0, stdout + stderr);
  t.regex(stdout, /ok {6} GStreamer 1\.\d+/);
  t.regex(stdout, /onnxruntime with the provider cpu/);
  t.regex(stdout, /(ok|hint) +provider cuda.*\n(ok|hint) +provider webgpu/);
  t.regex(stdout, /network ipl-s, checksum right/);
});

test('fuse takes pictures in any order, and writes what the name of the output says', async (t) => {
  const [png, jpg] = [path.join(folder, 'fused.png'), path.join(folder, 'fused two.jpg')];
  const three = await runCommand('fuse', still('over'), still('under'), still('mid'), '-o', png);
  t.is(three.code, 0, three.stderr);
  t.is(await countPictures(png), 1);
  const two = await runCommand('fuse', still('over'), still('mid'), '-o', jpg);
  t.is(two.code, 0, two.stderr);
  t.true(existsSync(jpg));
  const missing = await runCommand('fuse', still('over'), '/nowhere/x.jpg', '-o', png);
  t.is(missing.code, 2);
  t.regex(missing.stderr, /\/nowhere\/x\.jpg does not exist/);
});

/** A picture, small and grey. */
async function greysOf(file: string): Promise<Buffer> {
  const { frames } = await record(`filesrc location=${file} ! decodebin ! videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=480,height=270`);
  return frames[0]?.payload ?? Buffer.alloc(0);
}

/** Mean difference in codes. */
const apart = (one: Buffer, other: Buffer): number => one.reduce((sum, code, at) => sum + Math.abs(code - (other[at] ?? 0)), 0) / one.length;

test('fuse lines pictures up, and says by how much; or does not', async (t) => {
  const out = path.join(folder, 'lined-up.png');
  const linedUp = await runCommand('fuse', photograph('under'), photograph('mid'), photograph('over'), '-o', out);
  t.regex(linedUp.stderr + linedUp.stdout, /Lined up: under\.jpg by up to [5-7]\.\d pixels; over\.jpg by up to [12]\.\d pixels\./);
  const before = readFileSync(out);
  // As far as each picture lies within the other two.
  const cropped = await runCommand('fuse', photograph('under'), photograph('mid'), photograph('over'), '--crop', '-o', path.join(folder, 'cropped.png'));
  t.is(cropped.code, 0, cropped.stderr);
  const { caps } = await record(`filesrc location=${path.join(folder, 'cropped.png')} ! pngdec`);
  const [, width = 0, height = 0] = /width=\(int\)(\d+), height=\(int\)(\d+)/.exec(caps[0] ?? '')?.map(Number) ?? [];
  t.true(width < 2000 && width > 1980 && height < 1500 && height > 1480, caps[0]);
  const asIs = await runCommand('fuse', photograph('under'), photograph('mid'), photograph('over'), '--align', 'off', '-o', out);
  t.notRegex(asIs.stderr + asIs.stdout, /Lined up/);
  t.false(before.equals(readFileSync(out)));
});

test('fuse brings in as much of highlights and shadows as it is told', async (t) => {
  const [all, some, none] = ['all', 'some', 'none'].map((name) => path.join(folder, `${name}-knob.png`)) as [string, string, string];
  const fuse = async (...given: string[]): Promise<void> => {
    const { code, stderr } = await runCommand('fuse', still('over'), still('under'), still('mid'), ...given);
    t.is(code, 0, stderr);
  };
  await fuse('-o', all);
  await fuse('-o', some, '--highlights=0.5');
  await fuse('-o', none, '--highlights', '0', '--shadows', '0');
  const [whole, half, alone, mid] = [await greysOf(all), await greysOf(some), await greysOf(none), await greysOf(still('mid'))] as const;
  t.true(apart(whole, half) > 0.2, `${apart(whole, half)}`);
  t.true(apart(whole, mid) > 4, `${apart(whole, mid)}`);
  // Noise is still reduced.
  t.true(apart(alone, mid) < 1.5, `${apart(alone, mid)}`);
});

test('fuse turns photographs the way their cameras noted, and mixes JPEG with PNG', async (t) => {
  const turned = ['under', 'mid'].map((name) => turnedCopy(still(name), path.join(folder, `turned-${name}.jpg`)));
  const out = path.join(folder, 'turned.png');
  t.is((await runCommand('fuse', ...turned, '-o', out)).code, 0);
  const { caps } = await record(`filesrc location=${out} ! pngdec`);
  t.regex(caps[0] ?? '', /format=\(string\)RGB, width=\(int\)750, height=\(int\)1000/);
  const { code, stderr } = await runCommand('fuse', out, turned[0] ?? '', '-o', path.join(folder, 'mixed.png'));
  t.is(code, 0, stderr);
});

test('fuse writes over none of its pictures, and leaves what was there when it fails', async (t) => {
  const folder = temporaryFolder(); // Other tests write into the common one meanwhile.
  const [own, other, out] = [path.join(folder, 'own.jpg'), path.join(folder, 'small.png'), path.join(folder, 'kept.jpg')];
  copyFileSync(still('mid'), own);
  symlinkSync(own, path.join(folder, 'soft.jpg'));
  linkSync(own, path.join(folder, 'hard.jpg'));
  const before = readFileSync(own);
  for (const name of ['own.jpg', './own.jpg', 'soft.jpg', 'hard.jpg']) {
    const { code, stderr } = await runCommand('fuse', own, still('over'), '-o', `${folder}/${name}`);
    t.is(code, 2, name);
    t.true(stderr.includes(`The output "${folder}/${name}" is the picture "${own}" itself`), stderr);
    t.true(readFileSync(own).equals(before), name);
  }
  await gstLaunch(`videotestsrc num-buffers=1 ! video/x-raw,width=64,height=48 ! pngenc ! filesink location=${other}`);
  writeFileSync(out, 'a good picture');
  const names = readdirSync(folder);
  const { code, stderr } = await runCommand('fuse', own, other, '-o', out);
  t.is(code, 1);
  t.regex(stderr, /The exposures differ in size/);
  t.is(readFileSync(out, 'utf8'), 'a good picture');
  t.deepEqual(readdirSync(folder), names);
});

/** The same JPEG with an Exif note that says: turn clockwise (orientation 6). */
function turnedCopy(from: string, to: string): string {
  const tiff = Buffer.from('49492a00080000000100120103000100000006000000' + '00000000', 'hex');
  const segment = Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, segment.length + 2]);
  writeFileSync(to, Buffer.concat([head, segment, readFileSync(from).subarray(2)]));
  return to;
}

test('Ctrl-C ends a recording properly', async (t) => {
  const out = path.join(folder, 'interrupted.mp4');
  const { child, finished } = startCommand('run', liveGraph(), '--set', `out=${out}`);
  await grew(out, 10);
  child.kill('SIGINT');
  const { code, stderr } = await finished;
  t.is(code, 0, stderr);
  t.regex(stderr, /Press Ctrl-C again to stop at once/);
  t.true((await countPictures(out)) > 5);
  const { frames } = await record(`filesrc location=${out} ! decodebin`);
  t.is(frames[0]?.pts, 0n);
});

test('a second Ctrl-C stops at once', async (t) => {
  const out = path.join(folder, 'twice.mp4');
  const { child, finished } = startCommand('run', liveGraph('identity sleep-time=300000'), '--set', `out=${out}`);
  await appeared(out);
  await pause(1500);
  const heard = says(child, /Finishing/);
  child.kill('SIGINT');
  await heard; // Two signals at once are one.
  child.kill('SIGINT');
  t.is((await finished).code, 130, 'It did not come to its end.');
});

/** A recording without end. */
function liveGraph(slow = 'identity'): string {
  const file = path.join(folder, `live-${slow.length}.yaml`);
  const caps = 'video/x-raw,format=I420,width=320,height=180,framerate=30/1';
  const source = (brightness: number): string => `videotestsrc is-live=true ! ${caps} ! videobalance brightness=${brightness}`;
  const nodes = {
    under: { use: 'source', launch: source(-0.3) },
    over: { use: 'source', launch: source(0.3) },
    set: { use: 'sync', from: ['under', 'over'] },
    fused: { use: 'ipl', from: 'set' },
    file: { use: 'sink', from: 'fused', launch: `${slow} ! x264enc tune=zerolatency speed-preset=ultrafast ! mp4mux ! filesink buffer-mode=unbuffered location=\${out}` },
  };
  writeFileSync(file, JSON.stringify({ params: { out: null }, nodes }));
  return file;
}

async function appeared(file: string): Promise<void> {
  while (!existsSync(asItIs(file))) await pause(50);
}

/** A file that is not buffered grows with every picture; the first sizes are those of headers. */
async function grew(file: string, times: number): Promise<void> {
  const sizes = new Set<number>();
  for (await appeared(file); sizes.size <= times; await pause(20)) sizes.add(statSync(asItIs(file)).size);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
