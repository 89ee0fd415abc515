/** Cameras that never were: hours of frames in virtual time through the synchroniser's matcher. Times in milliseconds. */
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import type { Frame } from '../../plugin/core/frames/frame';
import type { QueueSettings } from '../../plugin/core/queue/bounded-queue';
import { Branch } from '../../plugin/sync/branch';
import { SetMatcher, type DropReason, type LatePolicy } from '../../plugin/sync/set-matcher';

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Camera {
  /** Frames a second as the caps tell them. */
  readonly rate?: number;
  /** Frames a second in truth. */
  readonly trueRate?: number;
  /** When its first frame is taken. */
  readonly phase?: number;
  /** Stamps are off by at most this. */
  readonly jitter?: number;
  readonly loss?: number;
  /** From a picture taken to its arrival, at least, and how much more at most. */
  readonly latency?: number;
  readonly latencyJitter?: number;
  /** Says of frame `number`, taken at `time`, what its stamp is off by beside the jitter; undefined: it is not sent. */
  readonly trouble?: (number: number, time: number) => number | undefined;
  /** Whether frame `number` is sent once more, stamped a millisecond later. */
  readonly twice?: (number: number) => boolean;
}

export interface Taken {
  readonly number: number;
  /** When it was taken. */
  readonly time: number;
  readonly stamp: number;
}

export interface SimulatedSet {
  /** Undefined for branches that the set lacks. */
  readonly members: readonly (Taken | undefined)[];
  /** When the set was made. */
  readonly at: number;
}

export interface Outcome {
  readonly sets: SimulatedSet[];
  readonly sent: readonly (readonly Taken[])[];
  readonly drops: Record<DropReason | 'overflow', number>;
  readonly silences: number;
  readonly longestQueue: number;
  readonly ended: boolean;
}

export interface Simulation {
  readonly cameras: readonly Camera[];
  readonly seconds: number;
  readonly seed: number;
  readonly late?: LatePolicy;
  readonly wait?: number;
  readonly tolerance?: number;
  readonly queue?: QueueSettings;
}

interface Arrival {
  readonly branch: number;
  readonly taken: Taken;
  readonly at: number;
}

export function simulate(simulation: Simulation): Outcome {
  const { cameras, late = 'skip', wait = 250, queue = { capacity: 16, policy: 'drop-oldest' } } = simulation;
  const random = randomOf(simulation.seed);
  const sent = cameras.map((camera) => framesOf(camera, simulation.seconds, random));
  const drops = { partnerless: 0, surplus: 0, late: 0, early: 0, uncertain: 0, overflow: 0 };
  const branches = cameras.map((_, index) => new Branch(`camera ${index}`, queue, () => (drops.overflow += 1)));
  const tolerance = simulation.tolerance === undefined ? undefined : simulation.tolerance * 1e6;
  const matcher = new SetMatcher(branches, { tolerance, wait, late });
  const truth = new Map<Frame, Taken>();
  const sets: SimulatedSet[] = [];
  let silences = 0;
  let longestQueue = 0;
  let ended = false;

  /** Runs the matcher up to a moment: what it waits for comes due on the way. */
  const runUpTo = (moment: number): void => {
    let now = -Infinity;
    for (;;) {
      const decision = matcher.next(Math.max(now, clock));
      if (decision.kind === 'set') sets.push({ members: decision.members.map((member) => member && truth.get(member.frame)), at: Math.max(now, clock) });
      else if (decision.kind === 'drop') drops[decision.reason] += 1;
      else if (decision.kind === 'silence') silences += decision.branches.length;
      else if (decision.kind === 'wait' && decision.until <= moment) now = decision.until;
      else {
        ended = decision.kind === 'end';
        return;
      }
    }
  };

  let clock = 0;
  for (const { branch, taken, at } of inOrder(sent, cameras, random)) {
    runUpTo(at);
    clock = at;
    const camera = cameras[branch];
    const frame = frameAt(taken.stamp, camera.rate ?? 30);
    truth.set(frame, taken);
    branches[branch]?.push(frame, taken.stamp * 1e6, at);
    runUpTo(at);
    longestQueue = Math.max(longestQueue, ...branches.map(({ queue: { length } }) => length));
  }
  for (const branch of branches) branch.ended = true;
  runUpTo(Infinity);
  return { sets, sent, drops, silences, longestQueue, ended };
}

function framesOf(camera: Camera, seconds: number, random: () => number): Taken[] {
  const { rate = 30, trueRate = rate, phase = 0, jitter = 0, loss = 0, trouble = () => 0, twice = () => false } = camera;
  const frames: Taken[] = [];
  for (let number = 0; ; number += 1) {
    const time = phase + (number * 1000) / trueRate;
    if (time >= seconds * 1000) return frames;
    const off = (2 * random() - 1) * jitter;
    const lost = random() < loss;
    const extra = trouble(number, time);
    if (lost || extra === undefined) continue;
    const stamp = Math.max(0, time + off + extra);
    frames.push({ number, time, stamp });
    if (twice(number)) frames.push({ number, time, stamp: stamp + 1 });
  }
}

/** Frames of one camera arrive in order; those of several mix. */
function inOrder(sent: readonly (readonly Taken[])[], cameras: readonly Camera[], random: () => number): Arrival[] {
  const arrivals = sent.flatMap((frames, branch) => {
    const { latency = 20, latencyJitter = 20 } = cameras[branch];
    let last = 0;
    return frames.map((taken): Arrival => {
      last = Math.max(last, taken.time + latency + random() * latencyJitter);
      return { branch, taken, at: last };
    });
  });
  return arrivals.sort((a, b) => a.at - b.at);
}

const capsByRate = new Map<number, Frame['caps']>();

function frameAt(milliseconds: number, rate: number): Frame {
  const text = `video/x-raw, format=(string)I420, width=(int)4, height=(int)2, framerate=(fraction)${Math.round(rate * 1000)}/1000`;
  const caps = capsByRate.get(rate) ?? parseVideoCaps(text);
  capsByRate.set(rate, caps);
  const runningTime = BigInt(Math.round(milliseconds * 1e6));
  return { kind: 'frame', payload: new Uint8Array(12), caps, runningTime, duration: undefined, shared: false, origins: [] };
}

/** Frame numbers of which every camera sent the frame: what a perfect synchroniser makes of cameras that shoot together. */
export function completeNumbers({ sent }: Outcome): number[] {
  const [first = [], ...others] = sent.map((frames) => new Set(frames.map(({ number }) => number)));
  return [...first].filter((number) => others.every((numbers) => numbers.has(number)));
}

/** Sets whose frames are not all of one number. */
export function mixedSets({ sets }: Outcome): SimulatedSet[] {
  return sets.filter(({ members }) => new Set(members.flatMap((member) => (member ? [member.number] : []))).size > 1);
}

/** How far apart the frames of a set were taken, at most, over all sets. */
export function widestSet({ sets }: Outcome): number {
  return Math.max(0, ...sets.map(({ members }) => {
    const times = members.flatMap((member) => (member ? [member.time] : []));
    return Math.max(...times) - Math.min(...times);
  }));
}
