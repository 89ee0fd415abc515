/** A graph as code writes it: the values of a graph file. `options.generated.ts` of each element says what it takes. */
import type { AlternateNode } from './alternate/options.generated';
import type { FilterNode } from './filter/options.generated';
import type { IplNode } from './ipl/options.generated';
import type { PreviewNode } from './preview/options.generated';
import type { PublishNode } from './publish/options.generated';
import type { RecordNode } from './record/options.generated';
import type { SinkNode } from './sink/options.generated';
import type { SourceNode } from './source/options.generated';
import type { SyncNode } from './sync/options.generated';

/** A module with an element of one's own, by its path. */
export interface OwnNode {
  readonly use: `.${string}` | `/${string}`;
  readonly from?: string | readonly string[];
  readonly [option: string]: unknown;
}

export type BuiltinNode = SourceNode | SyncNode | AlternateNode | IplNode | FilterNode | SinkNode | RecordNode | PublishNode | PreviewNode;

/** @typeParam Added nodes of elements that were added to the registry */
export interface GraphInCode<Added extends { readonly use: string } = never> {
  /** Parameters, used as `${name}`; null where a value must be given. */
  readonly params?: Readonly<Record<string, string | number | boolean | null>>;
  /** Nodes by name; frames flow along `from`. */
  readonly nodes: Readonly<Record<string, BuiltinNode | OwnNode | Added>>;
}
