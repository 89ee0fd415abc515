/**
 * The merge of all pixels: WebAssembly SIMD in constant memory; the pictures pass through it in strips, and a strip in rows of 2x2
 * pixels (cells). What happens in them is in kernels/assembly/hdr-*.ts, what it means in docs/hdr.md.
 */
import type { PlaneLayout } from '../../core/frames/video-layout';
import type { Cover } from '../kernels';
import { growTo, instantiateKernels, type KernelExports } from '../kernels/wasm';
import { tablesOf } from './curve-tables';
import { curveOf } from './curves';
import { displayOf, type Display } from './display';
import { lostLight } from './lost-light';
import { lostRow, NODES, type LostMap } from './lost-map';
import { mergeNumbers, sampleShift } from './merge-numbers';
import { kindOf, mergeOrder } from './merge-order';
import { LOST_STRIDE, MERGE_MEMORY, planMerge, STRIP_ROWS, type MergePlan } from './merge-plan';
import type { MergeTask } from './merge-task';
import { StripReader } from './strip-reader';
import { COARSE, FINE, kneeOf, logTable } from './tables';

interface Configured {
  readonly key: string;
  readonly plan: MergePlan;
  readonly reader: StripReader;
}

export class MergeKernels {
  readonly #wasm: KernelExports;
  #configured: Configured | undefined;
  #tables = '';
  /** Light up to which nothing is rolled off. */
  #knee = 0;

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
    const order = mergeOrder(payloads.length, reference);
    this.#setTables(task);
    new Uint8Array(this.#wasm.memory.buffer, this.#wasm.hdrMemory(MERGE_MEMORY.numbers)).set(mergeNumbers(task, order.map((index) => times[index] ?? 1), this.#knee));
    const covers = order.map((index) => task.covers?.[index]);
    const kinds = order.map((index) => kindOf(index, reference));
    this.#setMerge(space.plan, kinds);
    const lost = lostLight(task, times);
    this.#setLost(space.plan, lost);
    const cells = Math.ceil(layout.height / 2);
    for (let top = 0; top < layout.height; top += STRIP_ROWS) {
      const first = top / 2;
      const end = Math.min(first + STRIP_ROWS / 2, cells);
      for (const [place, index] of order.entries()) space.reader.bring(payloads[index] ?? NONE, place, top);
      if (first === 0) {
        for (let row = 0; row < Math.min(2, cells); row += 1) this.#findNeeds(space, row, first);
        this.#veto(space, kinds, 0, first, cells);
      }
      for (let row = first; row < end; row += 1) {
        if (row + 2 < cells) this.#findNeeds(space, row + 2, first);
        if (row + 1 < cells) this.#veto(space, kinds, row + 1, first, cells);
        this.#mergeRow(space, kinds, row, first, cells, covers, lost);
      }
      space.reader.take(to, toLayout, top);
    }
  }

  #configure(layout: PlaneLayout, exposures: number): Configured {
    const key = `${layout.format} ${layout.width}x${layout.height} ${exposures}`;
    if (this.#configured?.key === key) return this.#configured;
    const { memory } = this.#wasm;
    const plan = planMerge(layout.width, exposures, this.#wasm.freeMemory());
    growTo(this.#wasm, plan.end);
    // Margins say that nothing is needed there.
    new Uint8Array(memory.buffer).fill(0, plan.needs - 16, plan.cells);
    return (this.#configured = { key, plan, reader: new StripReader(this.#wasm, plan, layout) });
  }

  #setMerge(plan: MergePlan, kinds: readonly number[]): void {
    const { memory } = this.#wasm;
    new Int32Array(memory.buffer, plan.kinds, kinds.length).set(kinds);
    this.#wasm.hdrMerge(kinds.length, plan.kinds, plan.strips, plan.exposureStride, plan.lumaStride, vetoRow(plan, 0, SPREAD), 4 * plan.cellStride);
  }

  #setLost({ lost }: MergePlan, map: LostMap | undefined): void {
    if (map) this.#wasm.hdrLost(lost, 4 * LOST_STRIDE, map.columns, map.scale, map.offset);
    else this.#wasm.hdrLost(0, 0, 1, 0, 0);
  }

  /** What is rolled off goes by the exposures that are declared: it must not change where one is missing, nor with every measurement. */
  #setTables({ layout, settings, declared }: MergeTask): void {
    const top = 2 ** -Math.min(...declared);
    const key = [layout.format, settings.curve, settings.output, settings.peak, settings.referenceWhite, top].join(' ');
    if (key === this.#tables) return;
    this.#tables = key;
    const wasm = this.#wasm;
    const floats = (which: number): Float32Array => new Float32Array(wasm.memory.buffer, wasm.hdrMemory(which));
    const curve = curveOf(settings.curve);
    const { luminanceGain, rollOff, toCode }: Display = displayOf(settings, curve, top * curve.toLight(1));
    const { light, error } = tablesOf(settings.curve);
    floats(MERGE_MEMORY.light).set(light);
    floats(MERGE_MEMORY.codeError).set(error);
    if (luminanceGain) floats(MERGE_MEMORY.luminanceGain).set(logTable(luminanceGain, COARSE));
    if (rollOff) floats(MERGE_MEMORY.rollOff).set(logTable(rollOff, COARSE));
    this.#knee = rollOff ? kneeOf(rollOff, COARSE) : 0;
    new Uint16Array(wasm.memory.buffer, wasm.hdrMemory(MERGE_MEMORY.codes)).set(logTable((value) => Math.round(32_767 * toCode(value)), FINE));
    wasm.hdrSettings(luminanceGain !== undefined, rollOff !== undefined, sampleShift(layout));
  }

  /** Which cells of a row ask for the veto. @param first row of the strip */
  #findNeeds({ plan, reader }: Configured, row: number, first: number): void {
    const [luma, blue, red] = reader.rowIn(row - first);
    this.#wasm.findNeeds(luma, blue, red, reader.cells, needRow(plan, row % 3), 3 * plan.needStride);
  }

  /** Compares the row of cells `row` of each exposure with the reference's. */
  #veto({ plan, reader }: Configured, kinds: readonly number[], row: number, first: number, rows: number): void {
    if (kinds.length === 1) return;
    const [luma, blue, red] = reader.rowIn(row - first);
    const need = (y: number): number => needRow(plan, Math.min(Math.max(y, 0), rows - 1) % 3);
    const stride = 4 * plan.cellStride;
    this.#wasm.vetoCells(luma, blue, red, reader.cells, need(row - 1), need(row), need(row + 1), 3 * plan.needStride, vetoRow(plan, 0, row % 3), stride);
    for (let place = 1; place < kinds.length; place += 1) this.#wasm.closeCells(vetoRow(plan, place, row % 3), reader.cells);
  }

  #mergeRow({ plan, reader }: Configured, kinds: readonly number[], row: number, first: number, rows: number, covers: MergeTask['covers'] = [], lost?: LostMap): void {
    const wasm = this.#wasm;
    for (let place = 1; place < kinds.length; place += 1) {
      const at = (y: number): number => vetoRow(plan, place, Math.min(Math.max(y, 0), rows - 1) % 3);
      const spread = vetoRow(plan, place, SPREAD);
      wasm.spreadVeto(at(row - 1), at(row), at(row + 1), reader.cells, spread);
      const cover = covers[place];
      if (cover) forbidOutside(new Float32Array(wasm.memory.buffer, spread, reader.cells), cover, row, reader.width);
    }
    if (lost) lostRow(lost, row, new Float32Array(wasm.memory.buffer, plan.lost, LOST_STRIDE * NODES.length), LOST_STRIDE);
    const [luma, blue, red] = reader.rowIn(row - first);
    wasm.mergeCells(luma, blue, red, plan.merged, reader.width);
  }
}

const needRow = (plan: MergePlan, turn: number): number => plan.needs + turn * plan.needStride;

/** The place of the row that was spread, behind the three that take turns. */
const SPREAD = 3;

const vetoRow = (plan: MergePlan, place: number, turn: number): number => plan.cells + (4 * place + turn) * plan.cellStride;

/** What an exposure does not cover repeats its border there, and says nothing. @param stays of each cell, whether it may count */
function forbidOutside(stays: Float32Array, cover: Cover, row: number, width: number): void {
  const [upper, last] = [4 * row, cover.length - 2];
  const lower = Math.min(upper + 2, last);
  const from = Math.max(cover[upper] ?? 0, cover[lower] ?? 0);
  const end = Math.min(cover[upper + 1] ?? 0, cover[lower + 1] ?? 0);
  stays.fill(0, 0, Math.ceil(from / 2));
  // The last cell of an odd width is half a cell.
  stays.fill(0, end === width ? stays.length : Math.floor(end / 2));
}

const NONE = new Uint8Array();
