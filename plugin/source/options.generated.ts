/** Written by scripts/docs/option-types.js from the options of `source`: change them there, then `npm run docs:pages`. */

/** Options of `source`. */
export interface SourceNodeOptions {
  /** An address (rtsp, rtspu, rtsps, srt, rtp, udp, v4l2) or the path of a file. Either this or `launch`. Default: none. */
  readonly uri?: string;
  /** Launch fragment that begins with a source element; its last pad gives the video. Either this or `uri`. Default: none. */
  readonly launch?: string;
  /** Files: `once`, as fast as the graph takes frames; `live`, every frame at its timestamp; `loop`, live and endless. Default: once: no waiting, no drops. */
  readonly play?: 'once' | 'live' | 'loop';
  /** Whether the source is started again when it fails, ends or falls silent: `auto` (live addresses are, files are not), `never`, `always`, or { silence: 5s, delay: 500ms, longest: 15s, attempts: 20 }: how long without a frame is silence, the first pause (it doubles) and the longest, and after how many failed starts to give up. Default: auto, with { silence: 5s, delay: 500ms, longest: 15s } and no limit: a chain should outlive the night. */
  readonly restart?: 'auto' | 'never' | 'always' | { readonly silence?: string; readonly delay?: string; readonly longest?: string; readonly attempts?: number };
  /** Scales every frame to this size, such as 1280x720, with borders where the aspect ratio differs. Default: as it comes; a camera that changes its resolution changes that of the stream. */
  readonly size?: string;
  /** Jitter buffer of rtsp, rtp and srt: how long they wait for packets that are late or were lost. Frames without loss do not wait. Default: 200ms: enough for two retransmissions within a country, and for Wi-Fi. */
  readonly latency?: string | bigint;
  /** What gives rtsp frames their timestamps: their `arrival`, or the clock of the camera, which `ntp` sets, as that of this machine. Default: arrival: the clocks of many cameras are wrong. */
  readonly clock?: 'arrival' | 'ntp';
  /** Codec of an rtp address; other addresses signal theirs. Default: h264: what most senders send. */
  readonly codec?: 'h264' | 'h265';
  /** Whose certificate the other end of an rtsps address may have: one that the `system` trusts, one of a PEM file (that of your own authority, or of the device itself), or any (`insecure`: encrypted, but whoever is in between can read it). Default: system: a certificate that nobody checks protects from nobody. */
  readonly tls?: string;
}

/** A camera, a network stream, a file, or any launch fragment that gives video. */
export interface SourceNode extends SourceNodeOptions {
  readonly use: 'source';
}
