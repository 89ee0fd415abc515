/**
 * The merge of all pixels: WebAssembly SIMD in constant memory; the pictures pass through it in strips, and a strip in rows of 2x2
 * pixels (cells). What happens in them is in kernels/assembly/hdr-*.ts, what it means in docs/hdr.md.
 */
import { depthOf, type PlaneLayout } from '../../core/frames/video-layout';
import { instantiateKernels, type KernelExports } from '../kernels/wasm';
import { curveOf, LOWEST_CODE } from './curves';
import { displayOf, type Display } from './display';
import { codeScale, colourMatrix } from './matrix';
import { planMerge, STRIP_ROWS, TIMES_AT, type MergePlan } from './merge-plan';
import type { MergeTask } from './merge-task';
import { StripReader } from './strip-reader';
import { COARSE, ENTRIES_PER_CODE, FINE, lightTable, logTable, steepnessTable } from './tables';

const PAGE = 65_536;

/** Codes, of 1, in which a channel goes from counting to clipped. */
const CLIP_WIDTH = 0.06;

/** Codes of the second channel in which a colour goes from known to lost, where the largest is clipped. */
const WHITE_WIDTH = 0.4;

/**
 * Of light: what curves and exposure times may be off by. With it and the next, moving scenes of the benchmark come 0.7 to 2 dB nearer to the
 * truth than with 0.06 and 0.01, and still ones as near.
 */
export const RELATIVE_ERROR = 0.04;

/** Of codes: noise and compression of a mean of 2x2 pixels, and half a step of 8 bits. */
export const CODE_ERROR = 0.004;

/** What an exposure is to the reference (kernels/assembly/hdr-merge.ts). */
const KINDS = { reference: 0, brighter: 1, darker: 2, darkest: 3 };

interface Configured {
  readonly key: string;
  readonly plan: MergePlan;
  readonly reader: StripReader;
}

export class MergeKernels {
  readonly #wasm: KernelExports;
  #configured: Configured | undefined;
  #tables = '';

  private constructor(wasm: KernelExports) {
    this.#wasm = wasm;
  }

  static async load(): Promise<MergeKernels> {
    return new MergeKernels(await instantiateKernels());
  }

  /** Bytes of WebAssembly memory. */
  get memoryBytes(): number {
    return this.#wasm.memory.buffer.byteLength;
  }

  /**
   * @param times of the exposures, against that of the declared reference
   * @param to a picture of I420_10LE of the same size; it may be the reference's payload where that has the layout
   */
  merge(task: MergeTask, times: readonly number[], to: Uint8Array, toLayout: PlaneLayout): void {
    const { payloads, layout, reference } = task;
    const space = this.#configure(layout, payloads.length);
    // The sum takes the reference first, and the darkest last.
    const order = [...payloads.keys()].sort((a, b) => kindOf(a, reference) - kindOf(b, reference));
    this.#setNumbers(space.plan, task, order.map((index) => times[index] ?? 1));
    this.#setTables(space.plan, task);
    const kinds = order.map((index) => kindOf(index, reference));
    this.#setMerge(space.plan, kinds);
    const cells = Math.ceil(layout.height / 2);
    for (let top = 0; top < layout.height; top += STRIP_ROWS) {
      const first = top / 2;
      const end = Math.min(first + STRIP_ROWS / 2, cells);
      for (const [place, index] of order.entries()) space.reader.bring(payloads[index] ?? NONE, place, top);
      if (first === 0) this.#veto(space.plan, kinds, 0, first);
      for (let row = first; row < end; row += 1) {
        if (row + 1 < cells) this.#veto(space.plan, kinds, row + 1, first);
        this.#mergeRow(space, kinds, row, first, cells);
      }
      space.reader.take(to, toLayout, top);
    }
  }

  #configure(layout: PlaneLayout, exposures: number): Configured {
    const key = `${layout.format} ${layout.width}x${layout.height} ${exposures}`;
    if (this.#configured?.key === key) return this.#configured;
    const { memory } = this.#wasm;
    const plan = planMerge(layout.width, exposures, this.#wasm.freeMemory());
    const missing = plan.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.#tables = '';
    return (this.#configured = { key, plan, reader: new StripReader(this.#wasm, plan, layout) });
  }

  #setMerge(plan: MergePlan, kinds: readonly number[]): void {
    const { memory } = this.#wasm;
    new Int32Array(memory.buffer, plan.kinds, kinds.length).set(kinds);
    this.#wasm.hdrMerge(kinds.length, plan.kinds, plan.strips, plan.exposureStride, plan.lumaStride, vetoRow(plan, 0, SPREAD), 4 * plan.cellStride);
  }

  #setNumbers({ numbers }: MergePlan, { layout, colorimetry, settings }: MergeTask, times: readonly number[]): void {
    const scale = codeScale(colorimetry.range, depthOf(layout.format));
    const matrix = colourMatrix(colorimetry);
    const curve = curveOf(settings.curve);
    const display = displayOf(settings, curve, 1);
    const values = [
      scale.black, scale.luma, scale.grey, scale.chroma,
      matrix.redOfCr, matrix.greenOfCb, matrix.greenOfCr, matrix.blueOfCb,
      ENTRIES_PER_CODE, 0.5 - LOWEST_CODE * ENTRIES_PER_CODE,
      curve.clip, 1 / CLIP_WIDTH, curve.clip - WHITE_WIDTH, 1 / WHITE_WIDTH,
      RELATIVE_ERROR, CODE_ERROR, display.scale, ...display.primaries,
    ];
    if (values.length !== TIMES_AT) throw new RangeError('The kernels know other numbers.');
    this.#floats(numbers).set([...values, ...times.flatMap((time) => [time, 1 / time])]);
  }

  /** What is rolled off goes by the exposures that are declared: it must not change where one is missing, nor with every measurement. */
  #setTables(plan: MergePlan, { settings, declared }: MergeTask): void {
    const top = 2 ** -Math.min(...declared);
    const key = [settings.curve, settings.output, settings.peak, settings.referenceWhite, top].join(' ');
    if (key === this.#tables) return;
    this.#tables = key;
    const curve = curveOf(settings.curve);
    const { luminanceGain, rollOff, toCode }: Display = displayOf(settings, curve, top * curve.toLight(1));
    this.#floats(plan.light).set(lightTable(curve));
    this.#floats(plan.steepness).set(steepnessTable(curve));
    if (luminanceGain) this.#floats(plan.luminanceGain).set(logTable(luminanceGain, COARSE));
    if (rollOff) this.#floats(plan.rollOff).set(logTable(rollOff, COARSE));
    this.#floats(plan.codes).set(logTable(toCode, FINE));
    const present = (given: unknown, at: number): number => (given ? at : 0);
    this.#wasm.hdrTables(plan.numbers, plan.light, plan.steepness, present(luminanceGain, plan.luminanceGain), present(rollOff, plan.rollOff), plan.codes);
  }

  #floats(at: number): Float32Array {
    return new Float32Array(this.#wasm.memory.buffer, at);
  }

  /** Compares the row of cells `row` of each exposure with the reference's. @param first row of the strip */
  #veto(plan: MergePlan, kinds: readonly number[], row: number, first: number): void {
    if (kinds.length === 1) return;
    const { reader } = this.#configured as Configured;
    const [luma, blue, red] = reader.cellRow(0, row - first);
    this.#wasm.referenceCells(luma, plan.lumaStride, blue, red, reader.cells, plan.reference, plan.cellStride);
    for (let place = 1; place < kinds.length; place += 1) {
      const own = reader.cellRow(place, row - first);
      const to = vetoRow(plan, place, row % 3);
      this.#wasm.vetoCells(place, own[0], plan.lumaStride, own[1], own[2], reader.cells, plan.reference, plan.cellStride, to);
      this.#wasm.closeCells(to, reader.cells);
    }
  }

  #mergeRow({ plan, reader }: Configured, kinds: readonly number[], row: number, first: number, rows: number): void {
    const wasm = this.#wasm;
    for (let place = 1; place < kinds.length; place += 1) {
      const at = (y: number): number => vetoRow(plan, place, Math.min(Math.max(y, 0), rows - 1) % 3);
      wasm.spreadVeto(at(row - 1), at(row), at(row + 1), reader.cells, vetoRow(plan, place, SPREAD));
    }
    const [luma, blue, red] = reader.rowIn(0, row - first);
    wasm.mergeCells(luma, blue, red, plan.merged, reader.width);
  }
}

/** The place of the row that was spread, behind the three that take turns. */
const SPREAD = 3;

const vetoRow = (plan: MergePlan, place: number, turn: number): number => plan.cells + (4 * place + turn) * plan.cellStride;

const NONE = new Uint8Array();

function kindOf(index: number, reference: number): number {
  if (index === reference) return KINDS.reference;
  if (index > reference) return KINDS.brighter;
  return index === 0 ? KINDS.darkest : KINDS.darker;
}


