/** What is measured: all of it, or in under a minute what matters most. */
import { availableParallelism } from 'node:os';
import type { EndToEndCase } from './end-to-end';
import type { FusionCase } from './fusion';
import type { ReuseCase } from './reuse';

interface Sized {
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  readonly rounds: number;
}

export type Case =
  | ({ readonly kind: 'copy' | 'peers' | 'start' } & Sized)
  | { readonly kind: 'fusion'; readonly settings: FusionCase }
  | { readonly kind: 'reuse'; readonly settings: ReuseCase }
  | { readonly kind: 'end-to-end'; readonly settings: EndToEndCase };

const UHD = { width: 3840, height: 2160 } as const;
const HD = { width: 1920, height: 1080 } as const;
const SIZES = [{ width: 1280, height: 720 }, HD, UHD, { width: 7680, height: 4320 }, { width: 15360, height: 8640 }] as const;

/** The element's default (plugin/ipl/index.ts, `slice`). */
const SLICE = 4;

/** Of a size, so many frames that a measurement takes about as long as at UHD. */
function framesAt({ width, height }: { width: number; height: number }, atUhd: number): number {
  return Math.max(4, Math.round((atUhd * UHD.width * UHD.height) / (width * height)));
}

export function casesOf(quick: boolean): Case[] {
  const cores = availableParallelism();
  const count = quick ? 16 : 48;
  const rounds = quick ? 3 : 7;
  const fusion = (size: { width: number; height: number }, change: Partial<FusionCase> = {}): Case => {
    const frames = Math.min(200, framesAt(size, count));
    return { kind: 'fusion', settings: { ...size, exposures: 3, threads: cores, sliceBands: SLICE, frames, ...change } };
  };
  const endToEnd = (size: { width: number; height: number }, change: Partial<EndToEndCase> = {}): Case => {
    const frames = Math.min(300, framesAt(size, quick ? 40 : 120));
    return { kind: 'end-to-end', settings: { ...size, exposures: 3, threads: cores, frames, chain: 'fuse', source: 'memory', ...change } };
  };
  const copy = (size: { width: number; height: number }, exposures = 3): Case => ({ kind: 'copy', ...size, exposures, rounds });
  const essential: Case[] = [
    copy(UHD),
    fusion(UHD, { threads: 1, stages: true }),
    fusion(UHD, { threads: 2, stages: true }),
    fusion(UHD, { threads: 2, still: true }),
    fusion(UHD, { threads: 2, noise: 2 }),
    fusion(UHD, { threads: 2, noise: 6 }),
    copy(HD),
    fusion(HD),
    endToEnd(UHD),
    endToEnd(HD),
    endToEnd(UHD, { source: 'files' }),
    endToEnd(HD, { source: 'files' }),
    { kind: 'start', ...UHD, exposures: 3, rounds: quick ? 1 : 5 },
  ];
  if (quick) return [...essential, { kind: 'peers', ...UHD, exposures: 3, rounds: 1 }];
  const sizes = SIZES.filter((size) => size !== UHD && size !== HD).flatMap((size) => [copy(size), fusion(size)]);
  const exposures = [2, 4, 5].flatMap((exposures) => [copy(UHD, exposures), fusion(UHD, { exposures })]);
  const reuse = (sequence: ReuseCase['sequence'], noise: number, sliceBands = SLICE): Case => {
    return { kind: 'reuse', settings: { sequence, noise, sliceBands, frames: 90 } };
  };
  const slices = [1, 2, 6, 12].map((sliceBands) => fusion(UHD, { threads: 1, sliceBands, name: `fusion, slices of ${sliceBands} bands` }));
  return [
    ...essential,
    endToEnd(UHD, { chain: 'pull' }),
    endToEnd(UHD, { chain: 'push' }),
    ...(cores > 2 ? [fusion(UHD, { threads: cores })] : []),
    ...sizes,
    ...exposures,
    ...slices,
    reuse('static', 2),
    ...[1, 2, 4].map((noise) => reuse('surveillance', noise)),
    reuse('surveillance', 2, 1),
    reuse('surveillance', 2, 2),
    reuse('video', 0),
    { kind: 'peers', ...UHD, exposures: 3, rounds: 3 },
  ];
}
