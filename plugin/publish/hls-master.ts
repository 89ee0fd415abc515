/** The playlist that tells players what the other one has, before they fetch it (RFC 8216, 4.3.4): of HDR they want to know. */
import type { VideoCaps } from '../core/frames/video-caps';

export const MASTER = 'master.m3u8';

/** What is said of the pictures. */
export interface Shown {
  readonly width: number;
  readonly height: number;
  /** Pictures a second; 0 where it is not declared. */
  readonly rate: number;
  readonly range: 'SDR' | 'HLG' | 'PQ';
}

/** 4:2:0 is encoded in even sizes. */
const even = (size: number): number => size - (size % 2);

export function shownBy({ width, height, framerate, colorimetry: { transfer } }: VideoCaps): Shown {
  const range = transfer === 'HLG' || transfer === 'PQ' ? transfer : 'SDR';
  return { width: even(width), height: even(height), rate: framerate.numerator / Math.max(1, framerate.denominator), range };
}

/** @param bandwidth bits a second, of the largest segment */
export function masterText({ width, height, rate, range }: Shown, codecs: readonly string[], bandwidth: number, playlist: string): string {
  const attributes = [
    `BANDWIDTH=${bandwidth}`,
    `CODECS="${codecs.join(',')}"`,
    `RESOLUTION=${width}x${height}`,
    ...(rate > 0 ? [`FRAME-RATE=${rate.toFixed(3)}`] : []),
    `VIDEO-RANGE=${range}`,
  ];
  return ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', `#EXT-X-STREAM-INF:${attributes.join(',')}`, playlist, ''].join('\n');
}
