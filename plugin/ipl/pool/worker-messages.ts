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

/** The first of a thread that is new or was at rest: `ready` or `failed` answers it. */
export interface BeginRequest {
  readonly type: 'begin';
  readonly settings: WorkerSettings;
}

/** Nothing is in work, and nothing more comes: the thread lets go of all that it has of this pool's. `rests` answers it. */
export interface RestRequest {
  readonly type: 'rest';
}

export type ServiceRequest = PayloadRequest | FuseRequest;
export type Request = BeginRequest | ServiceRequest | RestRequest;

export type Reply =
  | { readonly type: 'ready' }
  /** `fit`: it may serve another pool. */
  | { readonly type: 'rests'; readonly fit: boolean }
  | { readonly type: 'fused'; readonly turn: number; readonly payload: Uint8Array; readonly report: FusionReport }
  | {
      readonly type: 'failed';
      /** The task that failed; undefined when the worker could not start. */
      readonly turn: number | undefined;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };
