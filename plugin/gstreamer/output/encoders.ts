/**
 * The encoders that `record` and `publish` can use: what each element calls its bit rate, in which unit, its key frames, and
 * what keeps it from looking at later pictures. Names, units and values are those of GStreamer 1.22; those of the hardware
 * encoders were checked against its plug-in files, and could not be run.
 */

export type VideoCodec = 'h264' | 'h265' | 'av1';

export interface EncoderTarget {
  readonly bitsPerSecond: number;
  /** Pictures from key frame to key frame. */
  readonly interval: number;
  /** `auto`, or the words of x264. */
  readonly preset: string;
  /** Pixels of a picture, and pictures a second: what an H.264 level is chosen by. */
  readonly width: number;
  readonly height: number;
  readonly rate: number;
}

export interface Encoder {
  readonly codec: VideoCodec;
  /** Raw formats that it takes. */
  readonly format: string;
  /** And of 10 bits, where it does. */
  readonly tenBits?: string;
  /** Whether it knows `preset`. */
  readonly presets: boolean;
  /** It gives key frames by its own count alone, whoever asks for one. */
  readonly deaf?: boolean;
  /** The licence of what does the encoding, for people. */
  readonly licence: string;
  readonly launch: (target: EncoderTarget) => string;
}

const kilobits = ({ bitsPerSecond }: EncoderTarget): number => Math.round(bitsPerSecond / 1000);

const HARDWARE = 'GStreamer LGPL; the driver has a licence of its own';

/** Hardware encodes H.265 in 10 bits (main 10), and H.264 hardly anywhere. */
const deep = (codec: VideoCodec): { tenBits?: string } => (codec === 'h265' ? { tenBits: 'P010_10LE' } : {});

/** Kilobits a second. Without B-frames nothing waits for a later picture. */
const va = (codec: VideoCodec): Encoder => ({
  codec,
  format: 'NV12',
  ...deep(codec),
  presets: false,
  licence: HARDWARE,
  launch: (target) => `va${codec}enc rate-control=cbr bitrate=${kilobits(target)} key-int-max=${target.interval} b-frames=0`,
});

/** Kilobits a second. B-frames are off unless they are asked for; cards without them lack the property. */
const nv = (codec: VideoCodec): Encoder => ({
  codec,
  format: 'NV12',
  ...deep(codec),
  presets: false,
  licence: HARDWARE,
  launch: (target) => `nv${codec}enc preset=low-latency-hq rc-mode=cbr bitrate=${kilobits(target)} gop-size=${target.interval} zerolatency=true`,
});

/**
 * AV1: which of them is installed, and takes the pictures, is asked (av1-encoder.ts). Properties as of GStreamer 1.22 (av1enc) and 1.24 and later. av1enc does not
 * hear when it is asked for a key frame; of the others nobody could try it, and all of them count.
 */
const av1 = (licence: string, launch: Encoder['launch']): Encoder => ({
  codec: 'av1', deaf: true, format: '(string){I420,NV12}', tenBits: '(string){I420_10LE,P010_10LE}', presets: false, licence, launch,
});

export const ENCODERS = {
  /**
   * `tune=zerolatency` also for recordings: pictures that wait in an encoder are lost when the process is killed.
   * `scenecut=0`: x264 makes an intra picture of every scene change, which h264parse takes for a key frame: it would begin a file.
   */
  x264enc: {
    codec: 'h264',
    format: 'I420',
    presets: true,
    licence: 'GPL 2 or later (x264)',
    launch: (target) =>
      `x264enc speed-preset=${target.preset === 'auto' ? 'veryfast' : target.preset} tune=zerolatency bitrate=${kilobits(target)} key-int-max=${target.interval} option-string=scenecut=0`,
  },
  x265enc: {
    codec: 'h265',
    format: 'I420',
    tenBits: 'I420_10LE',
    presets: true,
    licence: 'GPL 2 or later (x265)',
    launch: (target) =>
      `x265enc speed-preset=${target.preset === 'auto' ? 'ultrafast' : target.preset} tune=zerolatency bitrate=${kilobits(target)} key-int-max=${target.interval}`,
  },
  /**
   * Bits a second, and no control of them unless asked for. It has no B-frames. Scene changes: as for x264enc. The complexity
   * is the lowest of three, which is what `veryfast` is for x264.
   */
  openh264enc: {
    codec: 'h264',
    format: 'I420',
    presets: false,
    licence: 'BSD (OpenH264)',
    launch: (target) =>
      `openh264enc complexity=low rate-control=bitrate bitrate=${Math.round(target.bitsPerSecond)} gop-size=${target.interval} scene-change-detection=false`,
  },
  vah264enc: va('h264'),
  vah265enc: va('h265'),
  nvh264enc: nv('h264'),
  nvh265enc: nv('h265'),
  /**
   * Bits a second. The properties are the driver's controls, by the names that the kernel gives them; what a driver lacks it
   * leaves out with a warning. Some count key frames as a GOP, others (bcm2835) as an I period. Without a level GStreamer asks
   * for the lowest, which refuses large pictures.
   */
  v4l2h264enc: {
    codec: 'h264',
    format: '(string){I420,NV12}',
    presets: false,
    licence: HARDWARE,
    launch(target) {
      const controls = `video_bitrate=${Math.round(target.bitsPerSecond)},video_gop_size=${target.interval},h264_i_frame_period=${target.interval},video_b_frames=0,repeat_sequence_header=1`;
      return `v4l2h264enc extra-controls="controls,${controls}" ! video/x-h264,level=(string)${level(target)}`;
    },
  },
  /** Kilobits a second. The fastest preset but three: two cores encode 720p30 with it. */
  svtav1enc: av1('BSD (SVT-AV1)', (target) => `svtav1enc preset=10 target-bitrate=${kilobits(target)} intra-period-length=${target.interval}`),
  nvav1enc: av1(HARDWARE, (target) => `nvav1enc bitrate=${kilobits(target)} gop-size=${target.interval}`),
  qsvav1enc: av1(HARDWARE, (target) => `qsvav1enc bitrate=${kilobits(target)} gop-size=${target.interval}`),
  vaav1enc: av1(HARDWARE, (target) => `vaav1enc bitrate=${kilobits(target)} key-int-max=${target.interval}`),
  /** Bits a second. */
  rav1enc: av1('BSD (rav1e)', (target) => `rav1enc speed-preset=10 low-latency=true bitrate=${Math.round(target.bitsPerSecond)} max-key-frame-interval=${target.interval}`),
  /**
   * Kilobits a second. Quantizers are 0 to 0 unless others are asked for (GStreamer 1.22): no losses, whatever the rate, and at a constant rate libaom ends the
   * process with the 12th picture. It may spend six seconds' bits in the first one unless its buffer is smaller; with one of a second libaom 3.6 still takes up to
   * twice the rate of noisy pictures at 30 frames/s (measured: 1.0 times at 10, 1.5 at 25, 2.3 at 30).
   */
  av1enc: av1('BSD (libaom)', (target) =>
    `av1enc usage-profile=realtime cpu-used=10 end-usage=cbr max-quantizer=63 buf-sz=1000 buf-initial-sz=500 buf-optimal-sz=600 target-bitrate=${kilobits(target)} keyframe-max-dist=${target.interval} lag-in-frames=0`),
} as const satisfies Readonly<Record<string, Encoder>>;

export type EncoderName = keyof typeof ENCODERS;

export const ENCODER_NAMES = Object.keys(ENCODERS) as EncoderName[];

/** H.264, table A-1: macroblocks a second and a picture that each level has at most. */
const LEVELS: readonly (readonly [level: string, perSecond: number, perPicture: number])[] = [
  ['4', 245_760, 8_192],
  ['4.2', 522_240, 8_704],
  ['5.1', 983_040, 36_864],
];

function level({ width, height, rate }: EncoderTarget): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  return LEVELS.find(([, perSecond, perPicture]) => blocks * rate <= perSecond && blocks <= perPicture)?.[0] ?? '5.2';
}
