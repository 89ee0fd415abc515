/** Messages between the stage (main thread) and a worker that owns a network. */
import type { ErrorCode } from '../../core/errors';
import type { FusionReport, FusionTask } from '../engine/fusion-task';
import type { GateSettings } from '../gpu/provider-gate';

export interface WorkerSettings {
  /** Its number in the pool, from 1. */
  readonly thread: number;
  /** Path of the model card. */
  readonly model: string;
  readonly sliceBands: number;
  /** Sets are merged into HDR pictures: no network is needed. */
  readonly hdr?: boolean | undefined;
  /** Compiled once for all threads (kernels/wasm.ts). */
  readonly kernels: object;
  /** Which provider is wanted, and who has it. */
  readonly gate: GateSettings;
  /** Shared memory of the turns (turns.ts). */
  readonly turns: SharedArrayBuffer;
  /** Shared memory of this thread's alone (native-section.ts). */
  readonly section: SharedArrayBuffer;
}

/** One exposure of a task that follows: each comes alone, so that V8 never counts a whole set in the main thread. */
export interface PayloadRequest {
  readonly type: 'payload';
  readonly turn: number;
  readonly payload: Uint8Array;
}

/** All its exposures have come. */
export interface FuseRequest {
  readonly type: 'fuse';
  readonly turn: number;
  readonly task: Omit<FusionTask, 'payloads'>;
  /** Shared memory of the scene (engine/scene.ts, or hdr/hdr-scene.ts). */
  readonly scene: SharedArrayBuffer;
}

export type Request = PayloadRequest | FuseRequest;

export type Reply =
  | { readonly type: 'ready' }
  | { readonly type: 'fused'; readonly turn: number; readonly payload: Uint8Array; readonly report: FusionReport }
  | {
      readonly type: 'failed';
      /** The task that failed; undefined when the worker could not start. */
      readonly turn: number | undefined;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };
