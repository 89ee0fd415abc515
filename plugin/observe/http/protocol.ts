/** What the frame thread and the server's thread say to each other. */
import type { ListenAddress } from './address';
import type { Limits } from './limits';
import type { AnswerRate } from './offer';

/** What the server's thread is started with. */
export interface ThreadSettings {
  readonly address: ListenAddress;
  readonly token: string | undefined;
  readonly limits: Limits;
  readonly modules: readonly { readonly module: string; readonly data: unknown }[];
  readonly rates: Readonly<Record<string, AnswerRate>>;
}

/** What became of a question. */
export type Reply =
  | { readonly type: 'given'; readonly id: number; readonly value: unknown }
  /** What was asked is wrong. */
  | { readonly type: 'refused'; readonly id: number; readonly message: string; readonly hint: string | undefined }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

export type ToThread = Reply | { readonly type: 'close' };

export type FromThread =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'deaf'; readonly message: string; readonly hint: string | undefined }
  | { readonly type: 'question'; readonly id: number; readonly name: string; readonly question: unknown }
  | { readonly type: 'warning'; readonly message: string };
