/** Curves and displays as the kernels look them up (kernels/assembly/hdr-settings.ts). */
import { HIGHEST_CODE, LOWEST_CODE, type Curve } from './curves';

export const DECODE_ENTRIES = 4096;

/** A table by the logarithm, from 2^-23 on: octaves, and bits of the steps of one. Above its end the last entry holds. */
export interface LogTable {
  readonly bits: number;
  readonly octaves: number;
}

/** Up to 2: no code means more. */
export const FINE: LogTable = { bits: 8, octaves: 24 };
/** Up to 512: logarithmic curves of short exposures. */
export const COARSE: LogTable = { bits: 7, octaves: 32 };

/** Entries between two codes, and the code of the first. */
export const ENTRIES_PER_CODE = (DECODE_ENTRIES - 1) / (HIGHEST_CODE - LOWEST_CODE);

export function lightTable({ toLight }: Curve): Float32Array {
  return Float32Array.from({ length: DECODE_ENTRIES }, (_, at) => toLight(codeOf(at)));
}

/** What an error of codes comes to in light, at each entry. */
export function errorTable({ toLight }: Curve, error: number): Float32Array {
  const reach = 8 / ENTRIES_PER_CODE;
  return Float32Array.from({ length: DECODE_ENTRIES }, (_, at) => (error * (toLight(codeOf(at) + reach) - toLight(codeOf(at) - reach))) / (2 * reach));
}

/** @returns the function in the middle of each step */
export function logTable(of: (value: number) => number, { bits, octaves }: LogTable): Float32Array {
  const steps = 2 ** bits;
  return Float32Array.from({ length: octaves * steps }, (_, at) => {
    const octave = 2 ** (Math.floor(at / steps) - 23);
    return of(octave * (1 + ((at % steps) + 0.5) / steps));
  });
}

/** @returns the value from which on the function is less than 1, by its table */
export function kneeOf(of: (value: number) => number, table: LogTable): number {
  const steps = 2 ** table.bits;
  const first = logTable(of, table).findIndex((value) => value < 1 - 1e-6);
  return 2 ** (Math.floor(first / steps) - 23) * (1 + (first % steps) / steps);
}

/** The kernels cut places down to whole ones: half an entry on, each entry stands for what is around it. */
const codeOf = (entry: number): number => LOWEST_CODE + entry / ENTRIES_PER_CODE;
