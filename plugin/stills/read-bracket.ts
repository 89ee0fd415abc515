/**
 * Reads the pictures of one bracket, so that they can be compared: upright in one way, in one colour space, of one size, opaque.
 */
import path from 'node:path';
import { GstIplError } from '../core/errors';
import type { CurveName } from '../ipl/hdr/curves';
import type { PrimariesName } from '../ipl/hdr/primaries';
import { cropMiddle, middleOf, type Size } from './crop';
import type { PixelFiles } from './large/pixel-files';
import type { PixelFile } from './large/pixel-file';
import { isOpaque, openStill, readDeepPixels, readPixels, srgbProfile, writePixels, type ReadSettings, type Still } from './still-file';

/** Red, green, blue of all pixels. */
export interface StillPixels {
  readonly eight: Uint8Array;
  /** The same in 16 bits, where it has them and they are fused. */
  readonly deep: Uint16Array | undefined;
}

export interface BracketSettings {
  /** Whether sizes that differ a little are cropped to what all have. */
  readonly crop: boolean;
  /** Whether what is written takes 16 bits. */
  readonly deep: boolean;
  /** Bits that were asked for, of an AVIF. */
  readonly bits?: number | undefined;
  /** For light: all of it in 16 bits, and of primaries that are known. */
  readonly hdr?: { readonly curve: CurveName | 'estimate' } | undefined;
  readonly tell: (message: string) => void;
}

export interface Bracket extends Size {
  readonly stills: readonly Still[];
  /** Whether it is fused in more than 8 bits. */
  readonly deep: boolean;
  /** One of them. @throws GstIplError `bad-caps` where it is damaged */
  read(still: Still): Promise<StillPixels>;
  /** The same, in a file: of 16 bits where it has them and they are fused. @throws GstIplError, also where there is no room */
  store(still: Still, files: PixelFiles): Promise<PixelFile>;
  /** What all codes mean: an ICC profile; undefined where none says it (sRGB). */
  readonly profile: Buffer | undefined;
  /** Of light, where it is merged. */
  readonly primaries: PrimariesName;
}

/** Of a side, and pixels: what raw converters and stabilised pictures differ by, and lining up can mend. */
const MOST_APART = 0.02;
const PIXELS_APART = 16;

/** @throws GstIplError `bad-caps`, or `bad-exposures` where sizes differ by more than `crop` allows */
export async function openBracket(files: readonly string[], { crop, deep: wanted, bits, hdr, tell }: BracketSettings): Promise<Bracket> {
  const stills = await Promise.all(files.map(openStill));
  const settingsOf = settingsFor(stills, hdr?.curve === 'srgb' || hdr?.curve === 'estimate', tell);
  const sizeOf = (still: Still): Size => sizeTurned(still, settingsOf(still).orientation);
  const sizes = stills.map(sizeOf);
  const size = commonSize(stills, sizes, crop, tell);
  const deepOnes = stills.filter((still) => still.deep);
  if (deepOnes.length > 0 && !wanted) tell(`${namesOf(deepOnes)} ${have(deepOnes)} more than 8 bits a sample, and what is written has not: a PNG, a TIFF or an AVIF would keep them.`);
  const deep = hdr !== undefined || (wanted && deepOnes.length > 0);
  if (bits !== undefined && !deep) tell(`None of the pictures has more than 8 bits a sample, so the AVIF has 8: --bits ${bits} has nothing to keep.`);
  await tellAlpha(stills, tell);
  const read = async (still: Still): Promise<StillPixels> => {
    if (!deep || !still.deep) return { eight: cropMiddle(await readPixels(still, settingsOf(still)), sizeOf(still), size), deep: undefined };
    const pixels = cropMiddle(await readDeepPixels(still, settingsOf(still)), sizeOf(still), size);
    return { eight: upperHalves(pixels), deep: pixels };
  };
  const store = async (still: Still, files: PixelFiles): Promise<PixelFile> => {
    const stored = await files.written((file) => writePixels(still, settingsOf(still), deep && still.deep, file));
    stored.crop(middleOf(stored, size));
    return stored;
  };
  const profile = stills.some((still) => settingsOf(still).convert) ? await srgbProfile() : stills[0]?.profile;
  return { stills, deep, read, store, profile, primaries: profile && isP3(profile) ? 'p3' : 'bt709', ...size };
}

function upperHalves(pixels: Uint16Array): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 1) out[at] = pixels[at] >> 8;
  return out;
}

export const nameOf = ({ file }: Still): string => path.basename(file);
const namesOf = (stills: readonly Still[]): string => stills.map(nameOf).join(', ');
const have = (list: readonly unknown[]): string => (list.length === 1 ? 'has' : 'have');

function settingsFor(stills: readonly Still[], known: boolean, tell: (message: string) => void): (still: Still) => ReadSettings {
  const turned = commonOrientation(stills);
  if (turned !== undefined) tell('The orientation in Exif differs; all pictures are turned as most of them say.');
  const convert = !isOneSpace(stills) || (known && stills.some(({ profile }) => profile !== undefined && !isSrgb(profile) && !isP3(profile)));
  if (convert) tell(`Colours are not all in one space: they are converted to sRGB, by the profile of each (${stills.map((still) => `${nameOf(still)}: ${spaceOf(still)}`).join(', ')}).`);
  return (still) => ({
    orientation: turned ?? still.orientation,
    // Without a profile it is taken for sRGB, as everywhere.
    convert: convert && (still.profile !== undefined || still.space === 'cmyk'),
  });
}

/** A profile for red, green and blue in display's tones, the same in all, is what the whole work is done in: so no colour is lost. */
function isOneSpace(stills: readonly Still[]): boolean {
  const [first] = stills;
  if (!first) return true;
  const whole = ({ profile, space }: Still): boolean => space !== 'cmyk' && (profile === undefined || profileSpace(profile) === 'RGB ');
  const same = ({ profile }: Still): boolean => (profile && first.profile ? profile.equals(first.profile) : profile === first.profile);
  return stills.every((still) => whole(still) && same(still));
}

/** Profiles of displays that have sRGB's curve, by their names (ICC.1, 9.2.41): in 8 or in 16 bits a letter. */
const isP3 = (profile: Buffer): boolean => /Display P3|P3 D65|sP3C/.test(lettersOf(profile));
const isSrgb = (profile: Buffer): boolean => /sRGB/i.test(lettersOf(profile));
const lettersOf = (profile: Buffer): string => profile.toString('latin1').replaceAll('\0', '');

/** Of an ICC profile, which colours it is for (ICC.1, 7.2.8). */
const profileSpace = (profile: Buffer): string => profile.toString('latin1', 16, 20);

function spaceOf({ profile, space }: Still): string {
  if (space === 'cmyk') return 'CMYK';
  return profile ? 'a profile' : 'sRGB';
}

/** Nobody turns the camera within a bracket: its sensor of which way is up was unsure. Undefined where all agree, or nothing is sure. */
function commonOrientation(stills: readonly Still[]): number | undefined {
  const said = stills.map(({ orientation }) => orientation);
  const stored = stills.map(storedSize);
  const alike = stored.every(({ width, height }) => width === stored[0]?.width && height === stored[0].height);
  if (new Set(said).size === 1 || !alike || !said.every((one) => [1, 3, 6, 8].includes(one))) return undefined;
  const votes = (of: number): number => said.filter((one) => one === of).length;
  return [...said].sort((a, b) => votes(b) - votes(a))[0];
}

const isSideways = (orientation: number): boolean => orientation >= 5;

function storedSize({ width, height, orientation }: Still): Size {
  return isSideways(orientation) ? { width: height, height: width } : { width, height };
}

function sizeTurned(still: Still, orientation: number): Size {
  const { width, height } = storedSize(still);
  return isSideways(orientation) ? { width: height, height: width } : { width, height };
}

function commonSize(stills: readonly Still[], sizes: readonly Size[], crop: boolean, tell: (message: string) => void): Size {
  const least = { width: Math.min(...sizes.map(({ width }) => width)), height: Math.min(...sizes.map(({ height }) => height)) };
  const most = { width: Math.max(...sizes.map(({ width }) => width)), height: Math.max(...sizes.map(({ height }) => height)) };
  if (least.width === most.width && least.height === most.height) return least;
  const listed = stills.map((still, index) => `${nameOf(still)} has ${sizes[index]?.width}x${sizes[index]?.height}`).join(', ');
  const isNear = (less: number, more: number): boolean => more - less <= Math.max(PIXELS_APART, MOST_APART * more);
  const near = isNear(least.width, most.width) && isNear(least.height, most.height);
  if (!near || !crop) {
    throw new GstIplError('bad-exposures', `The exposures differ in size: ${listed}.`, {
      hint: near ? 'With --align auto they are cropped to what all have, and lined up.' : 'Pictures of one bracket have one size: crop or scale them first.',
    });
  }
  tell(`The pictures differ in size (${listed}): each is cropped to its middle ${least.width}x${least.height}, and lined up.`);
  return least;
}

async function tellAlpha(stills: readonly Still[], tell: (message: string) => void): Promise<void> {
  for (const still of stills) {
    if (still.hasAlpha && !(await isOpaque(still))) tell(`${nameOf(still)} has transparent parts: they are black.`);
  }
}
