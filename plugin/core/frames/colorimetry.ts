/** What YUV samples mean, as GStreamer reads it from caps (gst-libs/gst/video/video-color.h and video-info.c, 1.22). */

export type ColourRange = 'limited' | 'full';

export interface Colorimetry {
  readonly range: ColourRange;
  /** Names for people. Undefined where nothing is said of it. */
  readonly matrix: string;
  readonly transfer: string | undefined;
  readonly primaries: string | undefined;
  /** As caps have it, with all that is guessed. */
  readonly text: string;
}

/** range:matrix:transfer:primaries, as numbers of GstVideoColorRange and so on. */
const NAMED: Readonly<Record<string, string>> = {
  bt601: '2:4:16:4',
  bt709: '2:3:5:1',
  smpte240m: '2:5:6:5',
  bt2020: '2:6:11:7',
  'bt2020-10': '2:6:13:7',
  'bt2100-pq': '2:6:14:7',
  'bt2100-hlg': '2:6:15:7',
};

/** Unknown (0) and RGB (1) are none for YUV. */
const MATRICES: Readonly<Record<string, string>> = { 2: 'FCC', 3: 'BT.709', 4: 'BT.601', 5: 'SMPTE 240M', 6: 'BT.2020' };

/** Those that differ only in how many bits they are made for are one. */
const TRANSFERS: Readonly<Record<string, string>> = {
  1: 'linear', 2: 'gamma 1.8', 3: 'gamma 2.0', 4: 'gamma 2.2', 5: 'BT.709', 6: 'SMPTE 240M', 7: 'sRGB', 8: 'gamma 2.8',
  9: 'log 100', 10: 'log 316', 11: 'BT.709', 12: 'Adobe RGB', 13: 'BT.709', 14: 'PQ', 15: 'HLG', 16: 'BT.709',
};

/** SMPTE 240M has the primaries of SMPTE 170M. */
const PRIMARIES: Readonly<Record<string, string>> = {
  1: 'BT.709', 2: 'BT.470 M', 3: 'BT.470 BG', 4: 'SMPTE 170M', 5: 'SMPTE 170M', 6: 'film', 7: 'BT.2020', 8: 'Adobe RGB',
  9: 'SMPTE 428', 10: 'SMPTE 431', 11: 'SMPTE 432', 12: 'EBU 3213',
};

/** Lines of the highest picture that is taken for standard definition. */
const SD_LINES = 576;

/**
 * Where caps declare no matrix, GStreamer takes them for BT.601 up to 576 lines and for BT.709 above, limited; nothing is known of
 * transfer and primaries then. A full range that they state is kept: decoders say it of streams that name no matrix.
 * @param text what caps say, if they do
 */
export function readColorimetry(text: string | undefined, height: number): Colorimetry {
  const [range = '', matrix = '', transfer = '', primaries = ''] = (NAMED[text ?? ''] ?? text ?? '').split(':');
  const light = { transfer: TRANSFERS[transfer], primaries: PRIMARIES[primaries] };
  const known = MATRICES[matrix];
  // GStreamer takes a range that it does not know for the full one.
  if (known !== undefined) return { range: range === '2' ? 'limited' : 'full', matrix: known, ...light, text: text ?? '' };
  return { ...guess(range === '1', height), ...light };
}

function guess(full: boolean, height: number): Pick<Colorimetry, 'range' | 'matrix' | 'text'> {
  const named = height <= SD_LINES ? 'bt601' : 'bt709';
  const matrix = named === 'bt601' ? 'BT.601' : 'BT.709';
  return { range: full ? 'full' : 'limited', matrix, text: full ? `1${NAMED[named]?.slice(1)}` : named };
}
