/** Loading fusion.wasm, which build.js compiles from assembly/. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';

/** The functions of assembly/index.ts. Every address is in bytes; their meaning stands with the functions there. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  freeMemory(): number;
  configure(
    exposures: number, block: number, width: number, mapWidth: number, black: number, span: number, chromaSpan: number,
  ): void;
  layOutStrips(
    strip: number, exposureStride: number, fusedStrip: number,
    lumaStride: number, chromaStart: number, chromaStride: number, redOffset: number, fullChroma: boolean,
    deep: boolean, bitsAbove: number, bitsRounded: number,
  ): void;
  setShares(darker: number, brighter: number, before: number): void;
  prepareCoefficients(from: number, row: number): void;
  blendRows(
    row: number, rows: number, upper: number, lower: number, middle: number, halfHeight: number, fromMiddle: number, saturation: number,
  ): void;
  smoothRows(from: number, to: number, stride: number, rows: number, bytes: number, step: number, twice: number): void;
  smoothDeepRows(from: number, to: number, stride: number, rows: number, bytes: number, step: number, limit: number, rounded: number): void;
  shiftProducts(a: number, b: number, width: number, height: number, reach: number, out: number): void;
  compactSamples(from: number, to: number, bytes: number, halvings: number, pairs: boolean): void;
  clampSamples(row: number, count: number): void;
  takeSamples(from: number, bytes: number, halvings: number, to: number, right: number, left: number): void;
  setNeighbours(left: number, right: number, upper: number, lower: number): void;
  lumaStatistics(
    reference: number, samples: number, rowStride: number, exposureStride: number,
    rows: number, columns: number, side: number, innerRows: number, innerColumns: number, out: number,
  ): void;
  chromaStatistics(
    reference: number, samples: number, rowStride: number, planeStride: number, exposureStride: number,
    planes: number, rows: number, bytes: number, side: number, out: number,
  ): void;
  setCovers(covers: number, stripRows: number, partly: number): void;
  openRing(ring: number, ringStride: number, ringRows: number, samples: number, rows: number): void;
  closeRow(y: number, size: number): void;
  warpRows(
    top: number, rows: number, grid: number, corners: number, scale: number, pairs: boolean, out: number, outStride: number,
  ): void;
  openTiles(source: number, stride: number, bytes: number, rows: number, size: number, scale: number, finest: number, deep: boolean, high: boolean): void;
  moveTiles(top: number, rows: number, first: number, grid: number, corners: number, out: number): void;
  warpDeepRows(top: number, rows: number, grid: number, corners: number, out: number, outStride: number): void;
  addBoxRow(from: number, columns: number, black: number, clipped: number, first: boolean, sums: number, counts: number): void;
  narrowRow(from: number, columns: number, half: number, shift: number, to: number): void;
  closeBoxes(
    sums: number, counts: number, side: number, boxes: number, offset: number, scale: number, enough: number, luma: number, valid: number,
  ): void;
  normalise(
    luma: number, told: number, width: number, height: number, noise: number, value: number, valid: number, inner: number, scratch: number,
  ): void;
  tileSums(
    reference: number, inner: number, warped: number, valid: number, stride: number, columns: number, rows: number, size: number, out: number,
  ): void;
  warpTexture(value: number, valid: number, width: number, height: number, map: number, toValue: number, toValid: number): void;
  unpack8(from: number, luma: number, blue: number, red: number, count: number): void;
  unpack16(from: number, luma: number, blue: number, red: number, count: number): void;
  widen8(from: number, luma: number, blue: number, red: number, count: number): void;
  change8(pixels: number, luma: number, blue: number, red: number, count: number): void;
  change16(pixels: number, luma: number, blue: number, red: number, count: number): void;
  findDots(row: number, stride: number, first: number, end: number, least: number, out: number): number;
  hdrMemory(which: number): number;
  hdrSettings(hasGain: boolean, hasRollOff: boolean, sampleShift: number): void;
  unpackBytes(from: number, to: number, count: number): void;
  unpackBytePairs(from: number, first: number, second: number, count: number): void;
  unpackHigh(from: number, to: number, count: number): void;
  unpackHighPairs(from: number, first: number, second: number, count: number): void;
  findNeeds(luma: number, cb: number, cr: number, cells: number, to: number, stride: number): void;
  vetoCells(
    luma: number, cb: number, cr: number, cells: number,
    above: number, needs: number, below: number, needStride: number, to: number, stride: number,
  ): void;
  closeCells(row: number, cells: number): void;
  spreadVeto(above: number, row: number, below: number, cells: number, to: number): void;
  hdrLost(gains: number, stride: number, columns: number, scale: number, offset: number): void;
  hdrMerge(
    exposures: number, kinds: number, strip: number, exposureStride: number, lumaStride: number, vetoes: number, vetoStride: number,
  ): void;
  mergeCells(luma: number, cb: number, cr: number, to: number, pixels: number): void;
}

/** The part of WebAssembly in use; TypeScript knows it only with the DOM library. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  validate(bytes: Uint8Array): boolean;
  instantiate(module: object, imports: object): Promise<{ readonly exports: unknown }>;
};

let compiled: Promise<object> | undefined;

/** The module of this thread, for others: a thread that is given it compiles nothing. */
export function compiledKernels(): Promise<object> {
  return (compiled ??= compileKernels());
}

/** In a thread that was given one. */
export function takeKernels(module: object): void {
  compiled = Promise.resolve(module);
  allowRelaxed();
}

/** A new instance, with memory of its own, of the module, which a process compiles once. */
export async function instantiateKernels(): Promise<KernelExports> {
  const module = await compiledKernels();
  // assembly/ is built without assertions, so abort is never called; the compiler may import it all the same.
  const imports = { env: { abort: () => { throw new Error('The kernels gave up.'); } } };
  const instance = await WebAssembly.instantiate(module, imports);
  return instance.exports as KernelExports;
}

async function compileKernels(): Promise<object> {
  const file = path.join(__dirname, 'fusion.wasm');
  const bytes = await readFile(file).catch((cause: unknown) => {
    compiled = undefined;
    throw new Error(`${file} is missing: run npm run build.`, { cause });
  });
  allowRelaxed();
  return WebAssembly.compile(bytes);
}

/** A module of one function, of which an `i8x16.relaxed_swizzle` is all. */
const RELAXED = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 123, 123, 1, 123, 3, 2, 1, 0, 10, 11, 1, 9, 0, 32, 0, 32, 1, 253, 128, 2, 11,
);

/** V8 has relaxed SIMD on from version 11.4 (Node 21) on; in Node 20 the same lies behind a flag. */
function allowRelaxed(): void {
  if (!WebAssembly.validate(RELAXED)) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

const PAGE = 65_536;

/** Takes the memory up to an address; an instance's never shrinks. */
export function growTo({ memory }: Pick<KernelExports, 'memory'>, end: number): void {
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

/** Vectors may read and write so many bytes beyond a region, or in front of the first. */
const BEYOND = 80;
const LINE = 64;

/** @returns addresses of regions of so many bytes, one behind the other in the free memory, each at the begin of a line of the cache */
export function placeRegions(wasm: Pick<KernelExports, 'memory' | 'freeMemory'>, sizes: readonly number[]): number[] {
  let next = wasm.freeMemory() + BEYOND;
  const places = sizes.map((size) => {
    const at = Math.ceil(next / LINE) * LINE;
    next = at + size + BEYOND;
    return at;
  });
  growTo(wasm, next);
  return places;
}
