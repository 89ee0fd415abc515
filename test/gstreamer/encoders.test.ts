/** Encoders: what each is told, and what comes out of those that this machine has, measured by ffprobe. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { withDefaults } from '../../plugin/core/options';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { checkEncoder, encoderLaunch, encoderOptions } from '../../plugin/gstreamer/output/encoder';
import { av1EncodersFor } from '../../plugin/gstreamer/output/av1-encoder';
import { ENCODER_NAMES, ENCODERS, type EncoderName } from '../../plugin/gstreamer/output/encoders';
import { temporaryFolder } from '../support/folder';
import { until } from '../support/peers';
import { freePort, isBound } from '../support/ports';
import { load, runToEnd } from '../support/run-graph';

const HD = parseVideoCaps('video/x-raw, format=(string)I420, width=(int)1280, height=(int)720, framerate=(fraction)30/1');

/** 4 Mbit/s, a key frame every two seconds. */
const told: Record<EncoderName, string> = {
  x264enc: 'video/x-raw,format=I420 ! x264enc speed-preset=veryfast tune=zerolatency bitrate=4000 key-int-max=60 option-string=scenecut=0 ! h264parse',
  x265enc: 'video/x-raw,format=I420 ! x265enc speed-preset=ultrafast tune=zerolatency bitrate=4000 key-int-max=60 ! h265parse',
  openh264enc: 'video/x-raw,format=I420 ! openh264enc complexity=low rate-control=bitrate bitrate=4000000 gop-size=60 scene-change-detection=false ! h264parse',
  vah264enc: 'video/x-raw,format=NV12 ! vah264enc rate-control=cbr bitrate=4000 key-int-max=60 b-frames=0 ! h264parse',
  vah265enc: 'video/x-raw,format=NV12 ! vah265enc rate-control=cbr bitrate=4000 key-int-max=60 b-frames=0 ! h265parse',
  nvh264enc: 'video/x-raw,format=NV12 ! nvh264enc preset=low-latency-hq rc-mode=cbr bitrate=4000 gop-size=60 zerolatency=true ! h264parse',
  nvh265enc: 'video/x-raw,format=NV12 ! nvh265enc preset=low-latency-hq rc-mode=cbr bitrate=4000 gop-size=60 zerolatency=true ! h265parse',
  v4l2h264enc:
    'video/x-raw,format=(string){I420,NV12} ! v4l2h264enc extra-controls="controls,video_bitrate=4000000,video_gop_size=60,h264_i_frame_period=60,video_b_frames=0,repeat_sequence_header=1" ! video/x-h264,level=(string)4 ! h264parse',
  svtav1enc: 'video/x-raw,format=(string){I420,NV12} ! svtav1enc preset=10 target-bitrate=4000 intra-period-length=60 ! av1parse',
  nvav1enc: 'video/x-raw,format=(string){I420,NV12} ! nvav1enc bitrate=4000 gop-size=60 ! av1parse',
  qsvav1enc: 'video/x-raw,format=(string){I420,NV12} ! qsvav1enc bitrate=4000 gop-size=60 ! av1parse',
  vaav1enc: 'video/x-raw,format=(string){I420,NV12} ! vaav1enc bitrate=4000 key-int-max=60 ! av1parse',
  rav1enc: 'video/x-raw,format=(string){I420,NV12} ! rav1enc speed-preset=10 low-latency=true bitrate=4000000 max-key-frame-interval=60 ! av1parse',
  av1enc: 'video/x-raw,format=(string){I420,NV12} ! av1enc usage-profile=realtime cpu-used=10 end-usage=cbr max-quantizer=63 buf-sz=1000 buf-initial-sz=500 buf-optimal-sz=600 target-bitrate=4000 keyframe-max-dist=60 lag-in-frames=0 ! av1parse',
};
const settingsOf = (encoder: string, more: object = {}): ReturnType<typeof withDefaults<typeof encoderOptions>> => {
  return withDefaults(encoderOptions, { encoder, codec: ENCODERS[encoder as EncoderName].codec, bitrate: '4M', ...more });
};

for (const [encoder, launch] of Object.entries(told)) {
  test(`${encoder} is told its rate in its own unit, its key frames, and to look at no later picture`, (t) => {
    t.is(encoderLaunch(settingsOf(encoder), HD, 2), `videoconvert ! ${launch}${launch.endsWith('av1parse') ? '' : ' config-interval=-1'}`);
  });
}

test('without a word for it, x264enc and x265enc encode', (t) => {
  t.regex(encoderLaunch(withDefaults(encoderOptions, {}), HD, 2), /! x264enc speed-preset=veryfast /);
  t.regex(encoderLaunch(withDefaults(encoderOptions, { codec: 'h265' }), HD, 2), /! x265enc speed-preset=ultrafast /);
});

test('pictures of 10 bits stay so where the encoder takes them', (t) => {
  const caps = (colorimetry: string): ReturnType<typeof parseVideoCaps> =>
    parseVideoCaps(`video/x-raw, format=(string)P010_10LE, width=(int)1280, height=(int)720, framerate=(fraction)30/1, colorimetry=(string)${colorimetry}`);
  const formatOf = (encoder: string, colorimetry = 'bt709'): string | undefined => /format=(\S+)/.exec(encoderLaunch(settingsOf(encoder), caps(colorimetry), 2))?.[1];
  t.deepEqual(['x265enc', 'vah265enc', 'nvh265enc', 'x264enc', 'nvh264enc'].map((encoder) => formatOf(encoder)), ['I420_10LE', 'P010_10LE', 'P010_10LE', 'I420', 'NV12']);
  t.is(formatOf('x265enc', 'bt2100-hlg'), 'I420_10LE');
  t.throws(() => formatOf('x264enc', 'bt2100-pq'), { message: 'The frames are HDR (PQ), which h264 is not encoded in here.' });
});

test('v4l2h264enc asks for the H.264 level that the pictures need', (t) => {
  const levelOf = (width: number, height: number, rate: number): string | undefined => {
    const caps = parseVideoCaps(`video/x-raw, format=(string)I420, width=(int)${width}, height=(int)${height}, framerate=(fraction)${rate}/1`);
    return /level=\(string\)(\S+)/.exec(encoderLaunch(settingsOf('v4l2h264enc'), caps, 2))?.[1];
  };
  t.deepEqual([levelOf(1920, 1080, 30), levelOf(1920, 1080, 60), levelOf(3840, 2160, 30), levelOf(3840, 2160, 60)], ['4', '4.2', '5.1', '5.2']);
});

test('an encoder of another codec, and a preset for one that has none, are refused', (t) => {
  t.throws(() => checkEncoder(settingsOf('x265enc', { codec: 'h264' })), { message: 'the encoder "x265enc" makes h265, and the codec is h264.' });
  t.throws(() => checkEncoder(settingsOf('openh264enc', { preset: 'slow' })), { message: 'the encoder "openh264enc" has no presets.' });
  t.notThrows(() => checkEncoder(settingsOf('x265enc', { preset: 'slow' })));
});

/** They cannot be run here. What can be seen is whether Debian's plug-in knows each property and value, and in which unit. */
const plugins: [encoder: EncoderName, plugin: string, unit: string][] = [
  ['vah264enc', 'va', 'The desired bitrate expressed in kbps (0: auto-calculate)'],
  ['vah265enc', 'va', 'The desired bitrate expressed in kbps (0: auto-calculate)'],
  ['nvh264enc', 'nvcodec', 'Bitrate in kbit/sec (0 = from NVENC preset)'],
  ['nvh265enc', 'nvcodec', 'Bitrate in kbit/sec (0 = from NVENC preset)'],
  ['v4l2h264enc', 'video4linux2', 'Extra v4l2 controls (CIDs) for the device'],
];
for (const [encoder, plugin, unit] of plugins) {
  test(`${encoder}: its plug-in has every property and value that it is told`, (t) => {
    const library = execFileSync('sh', ['-c', `echo /usr/lib/*/gstreamer-1.0/libgst${plugin}.so`], { encoding: 'utf8' }).trim();
    // A linker puts a word where it is the end of a longer one: `bitrate` in `max-bitrate`.
    const texts = readFileSync(library, 'latin1').split('\0');
    const words = [...told[encoder].matchAll(/(?<= )([a-z][\w-]*)=("?[\w-]+)/g)].flatMap(([, property = '', value = '']) => {
      return /^(\d+|true|".*)$/.test(value) ? [property] : [property, value];
    });
    t.true(words.length > 0);
    t.deepEqual([...words, unit].filter((word) => !texts.some((text) => text.endsWith(word))), []);
  });
}

/** A real film, so that rates are those of pictures: 3 s of 30 frames/s. */
const FILM = path.resolve('examples/media/video/mid.mp4');
const CAMERA = `filesrc location=${FILM} ! decodebin ! videoconvert ! videoscale ! video/x-raw,format=I420,width=320,height=240,framerate=30/1`;
const PICTURES = 90;
const RATE = 600_000;

interface Stream {
  readonly codec: string;
  readonly reorders: number;
  /** Which pictures are key frames. */
  readonly keys: number[];
  readonly bitsPerSecond: number;
  readonly pictures: number;
}

function probe(file: string): Stream {
  const ask = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=codec_name,has_b_frames:packet=flags,size', '-of', 'json', file];
  const { streams, packets } = JSON.parse(execFileSync('ffprobe', ask, { encoding: 'utf8' })) as {
    streams: { codec_name: string; has_b_frames: number }[];
    packets: { flags: string; size: string }[];
  };
  const bytes = packets.reduce((sum, { size }) => sum + Number(size), 0);
  return {
    codec: streams[0]?.codec_name ?? '',
    reorders: streams[0]?.has_b_frames ?? 0,
    keys: packets.flatMap(({ flags }, index) => (flags.includes('K') ? [index] : [])),
    bitsPerSecond: (bytes * 8 * 30) / packets.length,
    pictures: packets.length,
  };
}

/** Pictures in what a receiver has written so far, which may be nothing that ffprobe can read. */
function arrived(file: string): number {
  try {
    return probe(file).pictures;
  } catch {
    return 0;
  }
}

const SOFTWARE: [encoder: EncoderName, codec: string, name: string][] = [
  ['x264enc', 'h264', 'h264'],
  ['x265enc', 'h265', 'hevc'],
  ['openh264enc', 'h264', 'h264'],
];
const graph = (node: string): string => `nodes:\n  cam: { use: source, launch: '${CAMERA}' }\n  out: { from: cam, ${node} }\n`;
/** libaom 3.6 takes twice what it is told (encoders.ts); without losses these pictures are 22 times it. */
const near = (rate: number, most = 1.5): boolean => rate > 0.6 * RATE && rate < most * RATE;

/** Not every GStreamer has it; which AV1 encoders there are, the test of those says. */
const AV1: typeof SOFTWARE = sinkOf('av1enc') === '' ? [] : [['av1enc', 'av1', 'av1']];

for (const [encoder, codec, name] of [...SOFTWARE, ...AV1]) {
  test.serial(`${encoder}: a recording of its codec and rate, a key frame a second, no picture out of order`, async (t) => {
    const folder = temporaryFolder();
    const { error, warnings } = await runToEnd(await load(graph(`use: record, to: '${folder}', codec: ${codec}, encoder: ${encoder}, bitrate: 600k`)));
    t.deepEqual([error?.describe(), warnings], [undefined, []]);
    const stream = probe(path.join(folder, readdirSync(folder)[0] ?? ''));
    t.deepEqual([stream.codec, stream.reorders], [name, 0]);
    t.is(stream.pictures, PICTURES);
    t.deepEqual(stream.keys, [0, 30, 60]);
    t.true(near(stream.bitsPerSecond, codec === 'av1' ? 2.5 : 1.5), `${stream.bitsPerSecond}`);
  });
}

for (const [encoder, codec, name] of SOFTWARE) {
  test.serial(`${encoder}: published over UDP, a key frame every two seconds`, async (t) => {
    const port = await freePort();
    const file = path.join(temporaryFolder(), 'received.ts');
    const words = `udpsrc port=${port} buffer-size=2097152 ! filesink location=${file} buffer-mode=unbuffered`;
    const receiver = spawn('gst-launch-1.0', ['-q', ...words.split(' ')], { stdio: 'ignore' });
    t.teardown(() => receiver.kill('SIGKILL'));
    await until(() => isBound(port));
    const node = `use: publish, to: 'udp://127.0.0.1:${port}', codec: ${codec}, encoder: ${encoder}, bitrate: 600k, queue: block`;
    const { error, warnings } = await runToEnd(await load(graph(node)));
    await until(() => arrived(file) >= PICTURES);
    receiver.kill('SIGKILL');
    await once(receiver, 'close');
    t.deepEqual([error?.describe(), warnings], [undefined, []]);
    const stream = probe(file);
    t.deepEqual([stream.codec, stream.reorders], [name, 0]);
    t.is(stream.pictures, PICTURES);
    t.deepEqual(stream.keys, [0, 60]);
    t.true(near(stream.bitsPerSecond), `${stream.bitsPerSecond}`);
  });
}

/** What gst-inspect-1.0 says of an encoder's input; nothing where it is not installed. */
function sinkOf(encoder: string): string {
  try {
    return /SINK template[^]*?(?=SRC template|Element has)/.exec(execFileSync('gst-inspect-1.0', [encoder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))?.[0] ?? '';
  } catch {
    return '';
  }
}

test.serial('AV1 is encoded by what takes the pictures by its pad, whatever is installed; HDR that nothing takes is refused, with what to install', async (t) => {
  const names = ENCODER_NAMES.filter((name) => ENCODERS[name].codec === 'av1');
  const takes = (formats: RegExp): string[] => names.filter((name) => formats.test(sinkOf(name)));
  const [deep, eight] = [takes(/\b(I420|P010)_10LE\b/), takes(/\b(I420|NV12)\b/)];
  t.deepEqual([await av1EncodersFor(10), await av1EncodersFor(8)], [deep, eight]);
  t.log(`10 bits: ${deep.join(', ') || 'none'}; 8 bits: ${eight.join(', ') || 'none'}`);
  const record = async (colorimetry: string): Promise<{ message: string | undefined; stream: string }> => {
    const folder = temporaryFolder();
    const camera = `videotestsrc num-buffers=8 ! video/x-raw,format=I420_10LE,width=128,height=96,framerate=10/1,colorimetry=${colorimetry}`;
    const { error } = await runToEnd(await load(`nodes:\n  cam: { use: source, launch: '${camera}' }\n  out: { use: record, from: cam, to: '${folder}', codec: av1, queue: block }\n`));
    const file = path.join(folder, readdirSync(folder)[0] ?? '');
    const ask = ['-v', 'error', '-show_entries', 'stream=codec_name,pix_fmt,color_transfer', '-of', 'csv=p=0', file];
    return { message: error?.message, stream: error ? '' : execFileSync('ffprobe', ask, { encoding: 'utf8' }).trim() };
  };
  const none = `none of ${names.join(', ')} is installed`;
  const [sdr, hdr] = [await record('bt709'), await record('bt2100-hlg')];
  if (eight.length + deep.length === 0) t.is(sdr.message, `Node "out": No AV1 encoder takes the pictures: ${none}.`);
  else t.regex(sdr.stream, deep.length > 0 ? /^av1,yuv420p10le,(bt709|unknown)$/ : /^av1,yuv420p,(bt709|unknown)$/);
  if (deep.length > 0) t.is(hdr.stream, 'av1,yuv420p10le,arib-std-b67');
  else t.is(hdr.message, `Node "out": HDR (HLG) wants an AV1 encoder of 10 bits, and ${eight[0] === undefined ? none : `${eight[0]} takes 8 only`}.`);
});

test('AV1 is published by HLS alone', async (t) => {
  const error = await t.throwsAsync(load(`nodes:\n  cam: { use: source, launch: videotestsrc }\n  out: { use: publish, from: cam, to: 'udp://127.0.0.1:5000', codec: av1 }\n`));
  t.regex(error.message, /udp: carries no AV1 here/);
});
