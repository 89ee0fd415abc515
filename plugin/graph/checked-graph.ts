/** A graph that was checked: what is planned, drawn and run. */
import type { Element } from '../core/element';
import type { Place } from '../core/errors';
import type { FileUse } from '../core/files/file-use';
import type { SoundForm } from '../core/sound/sound-line';

/** Whose sound a node takes, and how. */
export interface Hearing {
  readonly node: string;
  readonly form: SoundForm;
}

/** A node whose element, options and inputs are known to be right. */
export interface CheckedNode {
  readonly name: string;
  readonly element: Element;
  readonly options: Readonly<Record<string, unknown>>;
  readonly from: readonly string[];
  /** Where the node reads exposure sets: the branches that they are made of. */
  readonly branches: readonly string[];
  readonly hears: Hearing | undefined;
  /** The launch string with parameters put in, of fragments and of their variants. */
  readonly launch: string | undefined;
  /** What its element says it reads and writes, beside what its launch string says. */
  readonly files: readonly FileUse[];
  /** GStreamer elements that must be installed, beside those of its launch string. */
  readonly needs: readonly string[];
  readonly place: Place;
}

export interface CheckedGraph {
  readonly file: string;
  /** In the order of the file. */
  readonly nodes: readonly CheckedNode[];
}
