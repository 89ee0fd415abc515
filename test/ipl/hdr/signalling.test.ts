/** Ten bits, colours and light levels reach who watches, by each way out: read back by ffprobe. */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../../support/folder';
import { startRtspRecorder, until } from '../../support/peers';
import { freePort, isBound } from '../../support/ports';
import { load, runToEnd } from '../../support/run-graph';
import { bracket, type SceneLight } from './brackets';

const folder = temporaryFolder();
const [WIDTH, HEIGHT, PICTURES] = [128, 96, 12];

/** A smooth picture of ten stops. */
const scene: SceneLight = (x, y) => {
  const light = 2 ** (-4 + 5 * Math.sin(x / 30) * Math.cos(y / 25));
  return [light, light, 0.9 * light];
};

/** A card as white as the reference can show, on grey, and below it a lamp of three times that. */
const card: SceneLight = (x, y) => {
  const light = y >= 80 ? 3 : x >= 32 && x < 96 && y >= 24 && y < 64 ? 1 : 0.18;
  return [light, light, light];
};

/** Raw files of three cameras of 10 bits; their sources, in YAML. */
const sourcesOf = (shown: SceneLight, title: string): string => {
  const { payloads } = bracket({ format: 'I420_10LE', width: WIDTH, height: HEIGHT, range: 'limited', ev: [-2, 0, 2], scene: shown });
  const lines = ['under', 'mid', 'over'].map((name, index) => {
    const file = path.join(folder, `${title}-${name}.yuv`);
    writeFileSync(file, Buffer.concat(Array.from({ length: PICTURES }, () => payloads[index])));
    return `  ${name}: { use: source, launch: "filesrc location=${file} ! rawvideoparse format=i420-10le width=${WIDTH} height=${HEIGHT} framerate=10/1 colorimetry=bt709" }`;
  });
  return `nodes:\n${lines.join('\n')}\n  set: { use: sync, from: [under, mid, over] }\n`;
};
const sources = sourcesOf(scene, 'scene');
const cards = sourcesOf(card, 'card');

const fused = (output: string, more = '', from = sources): string => `${from}  fused: { use: ipl, from: set, output: ${output}, curve: srgb, ev: [-2, 0, 2], threads: 1${more} }\n`;

interface Stream {
  readonly codec_name: string;
  readonly profile: string;
  readonly pix_fmt: string;
  readonly color_space: string;
  readonly color_transfer: string;
  readonly color_primaries: string;
  readonly color_range: string;
}

interface SideData {
  readonly side_data_type: string;
  readonly max_content?: number;
  readonly max_average?: number;
  readonly max_luminance?: string;
  readonly red_x?: string;
  readonly white_point_x?: string;
}

function probe(file: string): { stream: Partial<Stream>; light: SideData | undefined; display: SideData | undefined } {
  const ask = ['-v', 'error', '-select_streams', 'v', '-read_intervals', '%+#1', '-show_streams', '-show_frames', '-of', 'json', file];
  const { streams, frames } = JSON.parse(execFileSync('ffprobe', ask, { encoding: 'utf8' })) as { streams: Stream[]; frames: { side_data_list?: SideData[] }[] };
  const data = frames[0]?.side_data_list ?? [];
  const of = (type: RegExp): SideData | undefined => data.find(({ side_data_type: name }) => type.test(name));
  return { stream: streams[0] ?? {}, light: of(/light level/), display: of(/Mastering/) };
}

const told = ({ codec_name, profile, pix_fmt, color_space, color_transfer, color_primaries, color_range }: Partial<Stream>): unknown[] => [
  codec_name, profile, pix_fmt, color_space, color_transfer, color_primaries, color_range,
];
const MAIN10 = (transfer: string): unknown[] => ['hevc', 'Main 10', 'yuv420p10le', 'bt2020nc', transfer, 'bt2020', 'tv'];

/** Of the decoded sixth picture, in % of the curve: the card, the grey around it, the lamp. */
function levels(file: string): readonly number[] {
  const samples = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vf', String.raw`select=gte(n\,5)`, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'yuv420p10le', '-']);
  return [44, 8, 90].map((y) => (100 * (samples.readUInt16LE(2 * (y * WIDTH + WIDTH / 2)) - 64)) / 876);
}

/** White at 203 cd/m2 (BT.2408), grey of 18 % at 36.5 and the lamp at 609, by the formulas of BT.2100; HLG on a screen of 1000 cd/m2. */
const LEVELS = { hlg: [75, 43.6, 92.4], pq: [58.1, 41.2, 69.7] } as const;

for (const [output, transfer] of [['hlg', 'arib-std-b67'], ['pq', 'smpte2084']] as const) {
  const isRight = (file: string): boolean => levels(file).every((level, index) => Math.abs(level - LEVELS[output][index]) < 0.6);

  test.serial(`a white card is recorded at its level, ${output}`, async (t) => {
    const to = path.join(folder, `card-${output}`);
    const { error } = await runToEnd(await load(`${fused(output, '', cards)}  out: { use: record, from: fused, to: ${to}, codec: h265 }`));
    t.is(error?.describe(), undefined);
    const file = path.join(to, readdirSync(to)[0] ?? '');
    t.true(isRight(file), String(levels(file)));
  });

  test.serial(`announced to a real RTSP server, ${output}: depth, colours and levels`, async (t) => {
    const port = await freePort();
    const server = await startRtspRecorder(t, port, '', undefined, 'h265');
    const { error } = await runToEnd(await load(`${fused(output, '', cards)}  out: { use: publish, from: fused, to: 'rtsp://127.0.0.1:${port}/live', codec: h265, queue: block }`));
    t.is(error?.describe(), undefined);
    await server.stop();
    const { stream, light } = probe(server.file);
    t.deepEqual(told(stream), MAIN10(transfer));
    t.is(light?.max_content, output === 'pq' ? 1000 : undefined);
    t.true(isRight(server.file), String(levels(server.file)));
  });
}

test.serial('a recording of PQ has its depth, colours, mastering display and light level', async (t) => {
  const to = path.join(folder, 'pq');
  const { error, warnings } = await runToEnd(await load(`${fused('pq', ', peak: 800')}  out: { use: record, from: fused, to: ${to}, codec: h265 }`));
  t.deepEqual([error?.describe(), warnings], [undefined, []]);
  const { stream, light, display } = probe(path.join(to, readdirSync(to)[0] ?? ''));
  t.deepEqual(told(stream), MAIN10('smpte2084'));
  t.is(light?.max_content, 800);
  t.deepEqual([display?.max_luminance, display?.red_x, display?.white_point_x], ['8000000/10000', '35400/50000', '15635/50000']);
});

test.serial('a recording of HLG has its depth and colours, and no light level', async (t) => {
  const to = path.join(folder, 'hlg');
  const { error } = await runToEnd(await load(`${fused('hlg')}  out: { use: record, from: fused, to: ${to}, codec: h265 }`));
  t.is(error?.describe(), undefined);
  const { stream, light } = probe(path.join(to, readdirSync(to)[0] ?? ''));
  t.deepEqual(told(stream), MAIN10('arib-std-b67'));
  t.is(light, undefined);
});

for (const [muxer, name] of [['matroskamux', 'a.mkv'], ['mpegtsmux', 'a.ts'], ['mp4mux', 'a.mp4']] as const) {
  test.serial(`a sink of one's own: ${muxer}`, async (t) => {
    const file = path.join(folder, name);
    const out = `x265enc speed-preset=ultrafast ! h265parse ! ${muxer} ! filesink location=${file}`;
    const { error } = await runToEnd(await load(`${fused('pq')}  out: { use: sink, from: fused, launch: "${out}" }`));
    t.is(error?.describe(), undefined);
    const { stream, light } = probe(file);
    t.deepEqual(told(stream), MAIN10('smpte2084'));
    t.is(light?.max_content, 1000);
  });
}

test.serial('published over UDP, as over SRT, in a transport stream', async (t) => {
  const port = await freePort();
  const file = path.join(folder, 'received.ts');
  const receiver = spawn('gst-launch-1.0', ['-q', ...`udpsrc port=${port} buffer-size=2097152 ! filesink location=${file} buffer-mode=unbuffered`.split(' ')], { stdio: 'ignore' });
  t.teardown(() => receiver.kill('SIGKILL'));
  await until(() => isBound(port));
  const { error } = await runToEnd(await load(`${fused('hlg')}  out: { use: publish, from: fused, to: 'udp://127.0.0.1:${port}', codec: h265, queue: block }`));
  t.is(error?.describe(), undefined);
  receiver.kill('SIGKILL');
  t.deepEqual(told(probe(file).stream), MAIN10('arib-std-b67'));
});

test.serial('HDR and SDR of the same exposures of 10 bits: each is recorded as what it is', async (t) => {
  const to = path.join(folder, 'both');
  const { error, warnings } = await runToEnd(await load(`${fused('pq')}  sdr: { use: ipl, from: set, threads: 1 }
  hdrFile: { use: record, from: fused, to: ${to}/hdr, codec: h265, queue: block }
  sdrFile: { use: record, from: sdr, to: ${to}/sdr, queue: block }`));
  t.deepEqual([error?.describe(), warnings], [undefined, []]);
  const formats = ['hdr', 'sdr'].map((name) => probe(path.join(to, name, readdirSync(path.join(to, name))[0] ?? '')).stream.pix_fmt);
  t.deepEqual(formats, ['yuv420p10le', 'yuv420p']);
});

test.serial('HDR in H.264 is refused, with what to do', async (t) => {
  const { error } = await runToEnd(await load(`${fused('hlg')}  out: { use: record, from: fused, to: ${path.join(folder, 'h264')} }`));
  t.is(error?.code, 'bad-caps');
  t.is(error?.message, 'Node "out": The frames are HDR (HLG), which h264 is not encoded in here.');
  t.is(error?.hint, 'Write `codec: h265`.');
});

test.serial('cameras of 10 bits stay so up to the merge; those who know only 8 get 8', async (t) => {
  const depths = async (nodes: string): Promise<boolean[]> => {
    const { plan } = await load(`${sources}${nodes}`);
    return ['under', 'set'].map((name) => plan.tenBits.has(name));
  };
  const hdr = '  fused: { use: ipl, from: set, output: hlg, curve: srgb, ev: [-2, 0, 2] }\n';
  t.deepEqual(await depths(`${hdr}  out: { use: record, from: fused, to: ${folder}/a, codec: h265 }`), [true, true]);
  t.deepEqual(await depths(`  fused: { use: ipl, from: set }\n  out: { use: record, from: fused, to: ${folder}/a }`), [false, false]);
  // The fusion to SDR bears what HDR of the same wants.
  t.deepEqual(await depths(`${hdr}  sdr: { use: ipl, from: set }\n  a: { use: sink, from: sdr, launch: fakesink }\n  b: { use: sink, from: fused, launch: fakesink }`), [true, true]);
  t.deepEqual(await depths(`${hdr}  m: { use: middle, from: set }\n  a: { use: sink, from: m, launch: fakesink }\n  b: { use: sink, from: fused, launch: fakesink }`), [false, false]);
});

test.serial('a bracket that contradicts `ev` is told, by name', async (t) => {
  const graph = await load(`${sources}  fused: { use: ipl, from: set, output: hlg, curve: srgb, ev: [-3, 0, 2], threads: 1 }\n  out: { use: sink, from: fused, launch: fakesink }`);
  const { events } = await runToEnd(graph);
  const said = JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  t.regex(said, /\\"under\\" and \\"mid\\" are 2\.0\d EV apart by their pixels, and \\"ev\\" says 3\.00, which is believed\. Is \\"ev\\" right, and \\"curve\\"\?/);
});

test.serial('that exposures have 8 bits is told once', async (t) => {
  const camera = 'videotestsrc num-buffers=6 ! video/x-raw,format=I420,width=64,height=48,framerate=10/1';
  const nodes = ['under', 'mid', 'over'].map((name) => `  ${name}: { use: source, launch: "${camera}" }\n`).join('');
  const graph = await load(`nodes:\n${nodes}  set: { use: sync, from: [under, mid, over] }\n  fused: { use: ipl, from: set, output: hlg, curve: srgb, ev: [-2, 0, 2], threads: 1, align: off }\n  out: { use: sink, from: fused, launch: fakesink }`);
  const { events } = await runToEnd(graph);
  const said = events.flatMap((event) => (event.type === 'notice' && event.message.includes('8 bits') ? [event.message] : []));
  t.deepEqual(said, ['The exposures have 8 bits: HDR is made of them, but smooth shadows may show bands. Cameras of 10 bits do not.']);
});
