/** Written by scripts/docs/option-types.js from the options of `sync`: change them there, then `npm run docs:pages`. */

/** Options of `sync`. */
export interface SyncNodeOptions {
  /** How far apart in running time the frames of one set may be. With it, timestamps are used as they are, and no clock is estimated. Default: half a frame duration, by the cameras' estimated clocks: nearer than any other frame, whatever the jitter. */
  readonly tolerance?: string | bigint;
  /** When a branch lacks a frame: wait for it (files), skip the set soon, or degrade the set to the exposures that are there. Default: wait: no drops from files. */
  readonly late?: 'wait' | 'skip' | 'degrade';
  /** How long a set may wait for a branch. Default: 10s in which the process does nothing, longer than any decoder takes to start; with late: skip or degrade 250ms, more than cameras in one network differ by. */
  readonly wait?: string | bigint;
  /** How far the running time of a branch is ahead of when its frames were taken, such as the constant of an NTP clock or of a slow encoder. Half a frame and less is found without it. Default: none: all sources of a graph share one clock. */
  readonly offsets?: Readonly<Record<string, string | bigint>>;
  /** The queue that each branch waits in. Default: { capacity: 2, policy: block }. */
  readonly queue?: 'block' | 'drop-oldest' | 'drop-newest' | { readonly capacity?: number; readonly policy?: 'block' | 'drop-oldest' | 'drop-newest' };
}

/** Pairs the frames of two to five branches into exposure sets, by running time. */
export interface SyncNode extends SyncNodeOptions {
  readonly use: 'sync';
  /** The nodes that it reads: 2 to 5. */
  readonly from: readonly string[];
}
