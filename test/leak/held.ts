/** What this process holds, and whether it holds more and more. */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc') as () => void;

export interface Held {
  readonly descriptors: number;
  readonly threads: number;
  /** Of JavaScript, after a forced collection; MB. */
  readonly heap: number;
  /** Resident, of the whole process; MB. */
  readonly memory: number;
}

/** Connections and threads come and go while something runs: what counts is the quietest of these moments. */
const MOMENTS = 10;
const MOMENT_MS = 20;

export async function held(): Promise<Held> {
  let [descriptors, threads] = [Infinity, Infinity];
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    await pause(MOMENT_MS);
    descriptors = Math.min(descriptors, readdirSync('/proc/self/fd').length);
    threads = Math.min(threads, readdirSync('/proc/self/task').length);
  }
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return { descriptors, threads, heap: heapUsed / 1e6, memory: rss / 1e6 };
}

/** What stays within these is flat. */
const SHARE = 1.05;
const FEW_DESCRIPTORS = 2;
/** GLib keeps threads that have nothing to do for a while. */
const FEW_THREADS = 4;
/** Megabytes that the allocator has given back to the system and takes again, in a process that was larger before. */
const UNSTEADY = 5;
/** Megabytes: code of what runs for the first time. */
const CODE = 0.5;

/** Samples of a run, in its order. */
export class Holdings {
  readonly #samples: Held[] = [];
  readonly #onHeld: (times: number, held: Held) => void;

  constructor(onHeld: (times: number, held: Held) => void = () => undefined) {
    this.#onHeld = onHeld;
  }

  async sample(times: number): Promise<void> {
    const now = await held();
    this.#samples.push(now);
    this.#onHeld(times, now);
  }

  /**
   * A sentence for everything of which there is more in the end than in the first half at its least (what the start needed is
   * given back only with time); empty where all stays flat.
   */
  get grown(): string[] {
    const early = this.#samples.slice(0, Math.ceil(this.#samples.length / 2));
    const last = this.#samples.at(-1);
    if (!last || this.#samples.length < 2) return ['Nothing was measured.'];
    const least = (what: keyof Held): number => Math.min(...early.map((sample) => sample[what]));
    const limits: Held = {
      descriptors: least('descriptors') + FEW_DESCRIPTORS,
      threads: least('threads') + FEW_THREADS,
      heap: least('heap') * SHARE + CODE,
      memory: least('memory') * SHARE + UNSTEADY,
    };
    return (Object.keys(limits) as (keyof Held)[])
      .filter((what) => last[what] > limits[what])
      .map((what) => `${what}: ${last[what].toFixed(1)} in the end, ${limits[what].toFixed(1)} at most`);
  }
}

export interface Plan {
  /** The first times fill caches and the allocator's heap. */
  readonly warm: number;
  readonly times: number;
  /** Hears what is held after the first times, on the way, and in the end. */
  readonly onHeld?: (times: number, held: Held) => void;
}

/** The shape of a curve tells a leak from a cache. */
const SAMPLES = 10;

/** After how many times to look. */
export function samplesOf({ warm, times }: Plan): number[] {
  return Array.from({ length: SAMPLES + 1 }, (_, index) => warm + Math.round(((times - warm) * index) / SAMPLES));
}

/** Does something again and again. @returns what grew, as sentences */
export async function growthOf(plan: Plan, once: () => Promise<void>): Promise<string[]> {
  const holdings = new Holdings(plan.onHeld);
  let done = 0;
  for (const due of samplesOf(plan)) {
    for (; done < due; done += 1) await once();
    await holdings.sample(done);
  }
  return holdings.grown;
}
