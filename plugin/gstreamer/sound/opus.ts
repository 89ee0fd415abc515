/** What has to be known of Opus to pass it on: how long a packet lasts, and one that is silent (RFC 6716, 3). */
import { MILLISECOND, type Nanoseconds } from '../../core/time';

/** Of a frame, by the configuration in the first byte: SILK, hybrid, CELT. In 100 µs. */
const FRAMES = [[100, 200, 400, 600], [100, 200], [25, 50, 100, 200]] as const;

export function opusDuration(packet: Buffer): Nanoseconds {
  const [first = 0, second = 0] = packet;
  const configuration = first >> 3;
  const [silk, hybrid, celt] = FRAMES;
  const frame = (configuration < 12 ? silk[configuration & 3] : configuration < 16 ? hybrid[configuration & 1] : celt[configuration & 3]) ?? 0;
  const count = [1, 2, 2, second & 0x3f][first & 3] ?? 1;
  return (BigInt(frame * count) * MILLISECOND) / 10n;
}

/** 20 ms of CELT in one channel, which every decoder takes for any number of them: a frame of silence. */
const SILENT = Buffer.of(0xf8, 0xff, 0xfe);

/** All streams of a packet but the last say how long they are (RFC 6716, appendix B). */
export function opusSilence(streams: number): Buffer {
  const [configuration = 0, ...frame] = SILENT;
  const delimited = Buffer.of(configuration, frame.length, ...frame);
  return Buffer.concat([...Array.from({ length: streams - 1 }, () => delimited), SILENT]);
}
