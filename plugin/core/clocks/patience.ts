/**
 * How long nothing has been done in vain waiting for something. Time alone says nothing: a picture of a hundred megapixels
 * takes a busy machine a minute, and what is stuck is stuck after a second. So silence counts in which this process neither
 * works nor reads or writes.
 */
import { activity, type Activity } from './process-activity';

/**
 * Of a processor, with the time that threads waited for one. What reads metrics and polls buses needs less; an encoder
 * that finishes a file, much more.
 */
const BUSY_PART = 0.15;

/** Without that time: on a busy machine a thread that hardly works waits long, and an encoder still gets its share. */
const WORK_PART = 0.04;

/**
 * Who works may be another part of the program, for days; so a minute of work counts as a second of silence.
 */
const WORK_IN_SILENCE = 1 / 60;

/** A sample that comes later than this comes late: the process was stopped, or the machine slept. Nobody was silent meanwhile. */
const LATEST_SAMPLE_MS = 1_000;

/** What works for so long on one thing is stuck, too: other parts of the program may be at work for ever. */
const LONGEST_WORK_MS = 60_000;

/** How often to sample: short against any silence that means something, long against what a sample costs. */
const SAMPLE_MS = 250;

/** Most things are done by then, and cost no sample. */
const CALM_MS = 500;

function isBusy(before: Activity, { worked, waited, moved }: Activity, passed: number): boolean {
  const work = worked - before.worked;
  return (work > passed * WORK_PART && work + waited - before.waited > passed * BUSY_PART) || moved > before.moved;
}

export class Patience {
  readonly #activity: () => Activity;
  #before: Activity;
  #sampledAt: number;
  /** Milliseconds in a row in which nothing was done. */
  #idle = 0;
  #worked = 0;
  #awake = 0;

  constructor(now = performance.now(), ask: () => Activity = activity) {
    this.#activity = ask;
    this.#before = ask();
    this.#sampledAt = now;
  }

  /** Milliseconds in which this process could do something. */
  get awake(): number {
    return this.#awake;
  }

  /** Call a few times a second. @returns milliseconds of silence */
  sample(now = performance.now()): number {
    const done = this.#activity();
    const passed = Math.min(now - this.#sampledAt, LATEST_SAMPLE_MS);
    this.#awake += passed;
    const busy = isBusy(this.#before, done, passed);
    this.#idle = busy ? 0 : this.#idle + passed;
    this.#worked += busy ? passed : 0;
    [this.#sampledAt, this.#before] = [now, done];
    return this.#idle + this.#worked * WORK_IN_SILENCE;
  }
}

/** A clock for deadlines of what may work for long: it stands while the process works, but for a sixtieth. Milliseconds. */
export class PatientClock {
  readonly #activity: () => Activity;
  #before: Activity;
  #sampledAt: number;
  #time = 0;

  constructor(now = performance.now(), ask: () => Activity = activity) {
    this.#activity = ask;
    this.#before = ask();
    this.#sampledAt = now;
  }

  now(now = performance.now()): number {
    const passed = now - this.#sampledAt;
    // A sample costs a file for each thread; this is asked for every frame.
    if (passed < SAMPLE_MS) return this.#time;
    const done = this.#activity();
    this.#time += isBusy(this.#before, done, passed) ? passed * WORK_IN_SILENCE : passed;
    [this.#sampledAt, this.#before] = [now, done];
    return this.#time;
  }
}

/**
 * Calls once when there was silence for so long.
 * @returns ends the watch
 */
export function afterSilence(milliseconds: number, call: () => void): () => void {
  const patience = new Patience();
  const timer = setInterval(() => {
    if (patience.sample() < milliseconds) return;
    clearInterval(timer);
    call();
  }, SAMPLE_MS);
  return () => clearInterval(timer);
}

/**
 * Awaits what should not take long. Who is slow at times may do so many times a second: nothing is sampled before some time has passed.
 * @param call is called once when there was silence for so long, or work for a minute
 */
export async function unlessStuck<T>(milliseconds: number, work: Promise<T>, call: () => void): Promise<T> {
  let timer: NodeJS.Timeout;
  const watch = (): void => {
    const patience = new Patience();
    timer = setInterval(() => {
      if (patience.sample() < milliseconds - CALM_MS && patience.awake < LONGEST_WORK_MS) return;
      clearInterval(timer);
      call();
    }, SAMPLE_MS);
  };
  timer = setTimeout(watch, CALM_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
