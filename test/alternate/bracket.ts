/** A camera that alternates between exposures, made up: small pictures of a scene that moves, with the truth beside. */
import { Subject } from 'rxjs';
import { alternate, type AlternateOptions, type ExposureSet, type Frame } from '../../plugin';
import { makeFrame } from '../support/frames';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';

export const PICTURE = 'video/x-raw, format=(string)I420, width=(int)32, height=(int)16, framerate=(fraction)30/1';
const CAPS = parseVideoCaps(PICTURE);

export interface Shot {
  /** Stops of exposure. */
  readonly exposure: number;
  /** Brightness of the scene, 1 as usual. */
  readonly light?: number;
  /** Milliseconds. */
  readonly time: number;
  /** Where the moving thing is, 0 to 1. */
  readonly motion?: number;
}

/** A scene from shadow to window, with a dark thing that moves through it. */
export function shoot({ exposure, light = 1, time, motion = 0 }: Shot): Frame {
  const payload = new Uint8Array(CAPS.layout.size).fill(128);
  for (let y = 0; y < 16; y += 1) {
    for (let x = 0; x < 32; x += 1) {
      const radiance = Math.abs(x / 32 - motion) < 0.1 ? 0.02 : 0.03 + 0.5 * (x / 32) ** 2 + (y < 4 ? 0.4 : 0) + 0.02 * ((x * 7 + y * 13) % 5);
      payload[y * 32 + x] = Math.round(16 + 219 * Math.min(1, radiance * light * 2 ** exposure) ** (1 / 2.2));
    }
  }
  return makeFrame(time, { payload, capsText: PICTURE });
}

export interface Bench {
  /** Sends a frame; `exposure` is remembered as its truth. */
  send(shot: Shot): Frame;
  readonly sets: ExposureSet[];
  readonly warnings: string[];
  readonly notices: string[];
  readonly figures: Map<string, number>;
  /** Exposures in stops of each set's frames. */
  truth(set: ExposureSet): (number | undefined)[];
  /** Sets by branch names and their true exposures, each kind once: one when every label is right. */
  kinds(): string[];
  end(): void;
  readonly state: { complete: boolean };
}

export function bench(options: AlternateOptions = {}): Bench {
  const input = new Subject<Frame>();
  const truths = new Map<Uint8Array, number>();
  const sets: ExposureSet[] = [];
  const warnings: string[] = [];
  const notices: string[] = [];
  const figures = new Map<string, number>();
  const state = { complete: false };
  const onFigure = (name: string, value: number, labels: Readonly<Record<string, string>> = {}): void =>
    void figures.set([name, ...Object.values(labels)].join(' '), value);
  input
    .pipe(alternate({ onWarning: (text) => void warnings.push(text), onNotice: (text) => void notices.push(text), onFigure, ...options }))
    .subscribe({ next: (set) => sets.push(set), complete: () => (state.complete = true) });
  const truth = (set: ExposureSet): (number | undefined)[] => set.frames.map(({ payload }) => truths.get(payload));
  return {
    sets,
    warnings,
    notices,
    figures,
    truth,
    kinds: () => [...new Set(sets.map((set) => set.branches.map((name, index) => `${name} ${truth(set)[index]}`).join(', ')))],
    send(shot) {
      const frame = shoot(shot);
      truths.set(frame.payload, shot.exposure);
      input.next(frame);
      return frame;
    },
    end: () => input.complete(),
    state,
  };
}

export const FRAME = 1000 / 30;

/** Sends `count` frames that go round through `exposures`, from the frame `from` on, in step with time. */
export function run(b: Bench, exposures: readonly number[], count: number, from = 0): void {
  for (let number = from; number < from + count; number += 1) {
    b.send({ exposure: exposures[number % exposures.length] ?? 0, time: number * FRAME, motion: (number % 90) / 90 });
  }
}
