/** Messages between the stage (main thread) and the worker that owns the network. */
import type { ErrorCode } from '../core/errors';
import type { FusionTask } from './fusion-engine';

export interface WorkerSettings {
  /** Path of the model card. */
  readonly model: string;
  readonly sliceBands: number;
}

export type Request =
  | { readonly type: 'fuse'; readonly id: number; readonly task: FusionTask }
  | { readonly type: 'reset' }
  | { readonly type: 'close' };

export type Reply =
  | { readonly type: 'ready' }
  | { readonly type: 'fused'; readonly id: number; readonly payload: Uint8Array; readonly sceneCut: boolean }
  | {
      readonly type: 'failed';
      /** The task that failed; undefined when the worker could not start. */
      readonly id: number | undefined;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    };
