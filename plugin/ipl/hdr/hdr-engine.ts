/**
 * Merges one set of exposures into an HDR picture. Lives in a fusion thread; knows nothing of streams.
 *
 * 1. Ratios of the exposures, from sparse samples (ratios.ts).
 * 2. In the frame's turn: the scene takes them on, and says what the exposure times are.
 * 3. The merge of all pixels (merge-kernels.ts), while the next frame has its turn in another thread.
 */
import { planeLayout } from '../../core/frames/video-layout';
import { curveOf } from './curves';
import { HdrScene } from './hdr-scene';
import { sampleLight } from './light-samples';
import { MergeKernels } from './merge-kernels';
import type { MergeTask } from './merge-task';
import { measureStep, type Step } from './ratios';

/** What pixels say against what is declared. */
export interface Contradiction {
  /** Place of the darker of two neighbouring exposures. */
  readonly place: number;
  /** EV between them, as the pixels have it. */
  readonly ev: number;
}

export interface MergeReport {
  /** EV of all exposures of the graph, dark to bright, that this picture was merged with. */
  readonly ev: readonly number[];
  /** Steps that were measured in this picture. */
  readonly measured: number;
  readonly contradictions: readonly Contradiction[];
  readonly statisticsMs: number;
  readonly waitMs: number;
  readonly blendMs: number;
}

interface Turn {
  wait(): void;
  pass(): void;
}

/** What the turn of a picture says of its merge. */
export interface Prepared {
  /** Of the task's exposures, against that of the declared reference. */
  readonly times: readonly number[];
  readonly report: Omit<MergeReport, 'blendMs'>;
}

export interface Merged {
  /** I420_10LE. */
  readonly payload: Uint8Array;
  readonly report: MergeReport;
}

/** From where on a channel may be clipped, below the curve's `clip`: what the merge lets count in full. */
const OPEN = 0.06;

export class HdrEngine {
  readonly kernels: MergeKernels;

  private constructor(kernels: MergeKernels) {
    this.kernels = kernels;
  }

  static async load(): Promise<HdrEngine> {
    return new HdrEngine(await MergeKernels.load());
  }

  get memoryBytes(): number {
    return this.kernels.memoryBytes;
  }

  /** The result may be the reference's payload. */
  merge(task: MergeTask, memory: SharedArrayBuffer, turn: Turn): Merged {
    const { times, report } = this.prepare(task, memory, turn);
    const start = performance.now();
    const payload = this.blend(task, times);
    return { payload, report: { ...report, blendMs: performance.now() - start } };
  }

  /** Steps 1 and 2. */
  prepare(task: MergeTask, memory: SharedArrayBuffer, turn: Turn): Prepared {
    const start = performance.now();
    const steps = measure(task);
    const measured = performance.now();
    turn.wait();
    const began = performance.now();
    const scene = new HdrScene(memory);
    const contradictions = steps.flatMap(({ place, declared, step }) => {
      const by = scene.learn(place, declared, step);
      return by === undefined ? [] : [{ place, ev: step.ev }];
    });
    const ev = scene.ev(task.declared);
    turn.pass();
    const times = task.places.map((place) => 2 ** (ev[place] ?? 0));
    return { times, report: { ev, measured: steps.length, contradictions, statisticsMs: measured - start, waitMs: began - measured } };
  }

  /** Step 3. */
  blend(task: MergeTask, times: readonly number[]): Uint8Array {
    const { layout, payloads, reference } = task;
    const own = payloads[reference];
    const toLayout = planeLayout('I420_10LE', layout.width, layout.height);
    const to = own && layout.format === toLayout.format ? own : new Uint8Array(toLayout.size);
    this.kernels.merge(task, times, to, toLayout);
    return to;
  }
}

interface MeasuredStep {
  readonly place: number;
  readonly declared: number;
  readonly step: Step;
}

/** Of exposures that are neighbours among those of the graph: others have too little in common. */
function measure(task: MergeTask): MeasuredStep[] {
  const { places, declared, settings } = task;
  if (places.length < 2) return [];
  const samples = sampleLight(task);
  const clip = curveOf(settings.curve).clip - OPEN;
  return places.slice(1).flatMap((place, index) => {
    const [darker, brighter] = [samples[index], samples[index + 1]];
    if (place !== (places[index] ?? 0) + 1 || !darker || !brighter) return [];
    const between = (declared[place] ?? 0) - (declared[place - 1] ?? 0);
    const step = measureStep(darker, brighter, between, clip);
    return step ? [{ place: place - 1, declared: between, step }] : [];
  });
}
