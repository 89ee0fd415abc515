/** The work of one thread: its kernels, and what it does with them. Knows no network. */
import { LineUp } from '../../ipl/engine/line-up';
import { FusionKernels, type KernelGeometry } from '../../ipl/kernels';
import { mergeLight } from '../hdr/light-merge';
import { WindowWork } from './window-work';
import type { BlendTask, LinedUpExposure, LineUpTask, SmoothTask, StillResult, StillTask } from './still-tasks';

/** Of the pair that is lined up. */
const REFERENCE = 0;
const EXPOSURE = 1;

export class StillWork {
  readonly #lineUp = new LineUp();
  readonly #kernels: FusionKernels;
  /** What the kernels are configured for. */
  #configured = '';
  #window: Promise<WindowWork> | undefined;

  private constructor(kernels: FusionKernels) {
    this.#kernels = kernels;
  }

  static async load(): Promise<StillWork> {
    return new StillWork(await FusionKernels.load());
  }

  /** Of pictures that are in files. */
  #windows(): Promise<WindowWork> {
    return (this.#window ??= WindowWork.load());
  }

  async run(task: StillTask): Promise<StillResult> {
    switch (task.kind) {
      case 'line up': return this.#lineUpPair(task);
      case 'blend': return this.#blend(task);
      case 'smooth': return this.#smooth(task);
      case 'merge light':
        mergeLight(task);
        return undefined;
      case 'reduce': return (await this.#windows()).reduce(task);
      case 'find': return (await this.#windows()).find(task);
      case 'measure': return (await this.#windows()).measure(task);
      case 'blend rows': return (await this.#windows()).blend(task);
    }
  }

  /** Motions are seen in 8 bits, which are what statistics are of, too. */
  async #lineUpPair({ reference, exposure, block }: LineUpTask): Promise<LinedUpExposure> {
    const taskOf = (of: 'eight' | 'deep') => {
      const [own, other] = [reference[of], exposure[of]];
      return own && other && { payloads: [own.payload, other.payload], layout: own.layout, range: 'full' as const, reference: REFERENCE };
    };
    const [eight, deep] = [taskOf('eight'), taskOf('deep')];
    if (!eight) throw new TypeError('An exposure has planes of 8 bits.');
    const { motions, linedUp } = await this.#lineUp.see({ ...eight, align: true });
    const { covers } = await this.#lineUp.run({ ...eight, motions }, block);
    if (deep) await this.#lineUp.run({ ...deep, motions }, block);
    const found = linedUp?.[EXPOSURE];
    if (!found) throw new TypeError('Nothing was looked for.');
    return { linedUp: found, cover: covers?.[EXPOSURE] };
  }

  #blend({ layout, payloads, reference, block, coefficients, coefficientRows, saturation, shares, covers, rows: [from, to] }: BlendTask): undefined {
    const out = payloads[reference];
    if (!out) throw new RangeError(`There is no exposure ${reference}.`);
    this.#configure({ layout, range: 'full', reference, exposures: payloads.length, block });
    this.#kernels.blend(payloads, coefficients, 0, coefficientRows, from, to, out, saturation, shares, covers);
    return undefined;
  }

  #smooth({ layout, fused, exposures, reference, block, plane, reaches }: SmoothTask): undefined {
    this.#configure({ layout, range: 'full', reference, exposures, block });
    for (const reach of reaches) this.#kernels.smooth(fused, reach, plane);
    return undefined;
  }

  #configure(geometry: KernelGeometry): void {
    const { layout, reference, exposures, block } = geometry;
    const wanted = [layout.format, layout.width, layout.height, reference, exposures, block].join(' ');
    if (this.#configured !== wanted) this.#kernels.configure(geometry);
    this.#configured = wanted;
  }
}
