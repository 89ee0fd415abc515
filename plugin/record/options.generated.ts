/** Written by scripts/docs/option-types.js from the options of `record`: change them there, then `npm run docs:pages`. */

/** Options of `record`. */
export interface RecordNodeOptions {
  /** The folder; it is made where it is missing. */
  readonly to: string;
  /** How long a file is; from 1s to 60min. Default: 1min: easy to find, to copy and to remove; 30 MB at 4 Mbit/s. */
  readonly segment?: string | bigint;
  /** How much to keep: a size (20GB), an age (12h, 7d), or both in a list. The oldest are removed. Default: all: nothing is removed that nobody said may go. */
  readonly keep?: string | readonly string[];
  /** The codec. AV1 is recorded, and published by HLS; of 10 bits it takes an encoder that GStreamer 1.22 of Debian has none of (svtav1enc, rav1enc). Default: h264: every player and browser shows it, and it costs a third of the work of h265. */
  readonly codec?: 'h264' | 'h265' | 'av1';
  /** The GStreamer element that encodes. x264enc and x265enc are under the GPL, openh264enc under a BSD licence; va, nv, qsv and v4l2 are hardware (not tried: none was at hand, nor were svtav1enc and rav1enc). Default: auto: x264enc for h264, x265enc for h265: the best quality at a rate, on any machine; for av1 the first installed one that takes the frames, by their bits. */
  readonly encoder?: 'auto' | 'x264enc' | 'x265enc' | 'openh264enc' | 'vah264enc' | 'vah265enc' | 'nvh264enc' | 'nvh265enc' | 'v4l2h264enc' | 'svtav1enc' | 'nvav1enc' | 'qsvav1enc' | 'vaav1enc' | 'rav1enc' | 'av1enc';
  /** Bits per second, such as 4M or 2500k, or `auto`: by the size of the picture and its rate. Default: auto: 0.1 bit a pixel (2.8M at 720p30, 6.2M at 1080p30), for h265 two thirds of it. */
  readonly bitrate?: string | number;
  /** The effort of x264enc and x265enc: slower presets look better at the same rate and cost more. Default: auto: veryfast for h264, ultrafast for h265; two cores encode 720p30 beside the fusion with it. */
  readonly preset?: 'auto' | 'ultrafast' | 'superfast' | 'veryfast' | 'faster' | 'fast' | 'medium' | 'slow';
  /** The node whose sound goes with the frames: a `source` with the `uri` of what has sound, or one whose `launch` gives sound. Default: none: video only. */
  readonly audio?: string;
  /** What sound is encoded as: `aac` (192 kbit/s) or `opus` (128 kbit/s), 48 kHz, two channels. `copy` passes the AAC or Opus of the source through untouched. Default: aac: every player, browser and station takes it. */
  readonly audioCodec?: 'aac' | 'opus' | 'copy';
  /** The queue in front of the encoder. A live chain that must stay fresh wants drop-oldest. Default: { capacity: 2, policy: block }. */
  readonly queue?: 'block' | 'drop-oldest' | 'drop-newest' | { readonly capacity?: number; readonly policy?: 'block' | 'drop-oldest' | 'drop-newest' };
}

/** Records frames into files that survive a kill and a power loss, within a limit of size or age. */
export interface RecordNode extends RecordNodeOptions {
  readonly use: 'record';
  /** The node that it reads. */
  readonly from: string;
}
