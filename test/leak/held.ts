/** What this process holds, and whether it holds more and more. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import koffi from 'koffi';
import { endKeptThreads } from '../../plugin/core/kept-threads';

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc') as () => void;
const giveBack = koffi.load('libc.so.6').func('int malloc_trim(size_t)') as (pad: number) => number;

export interface Held {
  readonly descriptors: number;
  readonly threads: number;
  /** Of JavaScript, after a forced collection; MB. */
  readonly heap: number;
  /**
   * Anonymous and resident, of the whole process, but for V8's heap: that keeps pages for what it may need next, and takes and
   * gives them back as it likes. Pages of files are no one's either; MB.
   */
  readonly memory: number;
}

/**
 * Ends V8's compilers for what is not compiled yet. What they make of functions, and note down beside it, grows for thousands of
 * times, with no object kept: in 1,500 graphs by 0.7 MB, or 2 %. Without them a heap is flat to some kilobytes.
 */
function stopCompiling(): void {
  setFlagsFromString('--no-opt');
  setFlagsFromString('--no-sparkplug');
}

/** Connections and threads come and go while something runs: what counts is the quietest of these moments. */
const MOMENTS = 10;
const MOMENT_MS = 20;

export async function held(): Promise<Held> {
  // Their heaps are V8's, too, and not to be asked for. What is lost with them is a megabyte over all samples.
  await endKeptThreads();
  let [descriptors, threads] = [Infinity, Infinity];
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    await pause(MOMENT_MS);
    descriptors = Math.min(descriptors, readdirSync('/proc/self/fd').length);
    threads = Math.min(threads, readdirSync('/proc/self/task').length);
  }
  collectGarbage();
  // What malloc keeps of what was freed is no one's; how much of it was ever touched wanders by megabytes.
  giveBack(0);
  const { used_heap_size: used, total_physical_size: pages } = getHeapStatistics();
  return { descriptors, threads, heap: used / 1e6, memory: (anonymousBytes() - pages) / 1e6 };
}

/** See proc(5). */
function anonymousBytes(): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

/** What stays within these is flat. */
const SHARE = 1.05;
/** Of attempts to connect that are under way: 36 to 44 of a chain with three cameras that are away. */
const FEW_DESCRIPTORS = 8;
/** GLib keeps threads that have nothing to do for a while: 36 to 42 of a graph with a fusion, a recording and a page. */
const FEW_THREADS = 6;
/** Megabytes: stacks, and what each thread keeps of what it has freed, of threads that were never so many at once. 1.7 were seen where nothing is kept, on a busy machine. */
const THREADS_OWN = 3;
/** Megabytes: code, as bytes for V8's interpreter, of what runs for the first time. */
const CODE = 0.5;
/** Of the last samples the least counts: what something holds for a moment is no leak. */
const LAST = 3;

/** Samples of a run, in its order. */
export class Holdings {
  readonly #samples: Held[] = [];
  readonly #onHeld: (times: number, held: Held) => void;

  constructor(onHeld: (times: number, held: Held) => void = () => undefined) {
    this.#onHeld = onHeld;
    stopCompiling();
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
    if (this.#samples.length < LAST * 2) return ['Too little was measured.'];
    const before = leastOf(early);
    const last = leastOf(this.#samples.slice(-LAST));
    const limits: Held = {
      descriptors: before.descriptors + FEW_DESCRIPTORS,
      threads: before.threads + FEW_THREADS,
      heap: before.heap * SHARE + CODE,
      memory: before.memory * SHARE + THREADS_OWN,
    };
    return (Object.keys(limits) as (keyof Held)[])
      .filter((what) => !(last[what] <= limits[what]))
      .map((what) => `${what}: ${last[what].toFixed(1)} in the end, ${limits[what].toFixed(1)} at most`);
  }
}

function leastOf(samples: readonly Held[]): Held {
  const least = (what: keyof Held): number => Math.min(...samples.map((sample) => sample[what]));
  return { descriptors: least('descriptors'), threads: least('threads'), heap: least('heap'), memory: least('memory') };
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
