/**
 * The contract of an element: what a node of a graph is made from. Built-in elements and users' own modules follow the
 * same one.
 *
 * There are two kinds. A `fragment` is GStreamer's work: a piece of a launch string, which the planner joins with its
 * neighbours so that pixels stay inside GStreamer. A `stage` is Node's work: Observables in, an Observable out.
 */
import type { Observable } from 'rxjs';
import type { ConditionOf } from './metrics/conditions';
import type { FileUse } from './files/file-use';
import type { Item } from './frames/frame';
import type { GraphClock } from './clocks/graph-clock';
import type { SourceEvent } from './graph-event';
import type { GraphView } from './graph-view';
import type { LiveParameter } from './live-parameters';
import type { Labels, MetricTable } from './metrics/metric-table';
import type { Option, OptionTable, OptionsOf } from './options';
import type { SoundForm, SoundLine } from './sound/sound-line';
import type { SoundOrigin, SoundReading } from './sound/sound-origin';

/** What an edge of the graph carries: single pictures, or sets of exposures of one instant. */
export type Medium = 'frames' | 'exposures';

export interface InputContract {
  readonly min: number;
  readonly max: number;
  readonly medium: Medium;
}

export const NO_INPUT: InputContract = { min: 0, max: 0, medium: 'frames' };
export const ONE_STREAM: InputContract = { min: 1, max: 1, medium: 'frames' };

interface ElementBase<Table extends OptionTable> {
  /** What `use:` calls it. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly input: InputContract;
  readonly output: Medium | 'none';
  readonly options: Table;
  /** What it publishes; nothing else can be reported. Queues of `reportQueue` publish `queueMetrics`. */
  readonly metrics?: MetricTable;
  /** A graph fragment that shows it at work, in YAML. */
  readonly example: string;
  /**
   * Looks at what options alone cannot say, such as names of branches.
   * @throws GstIplError `bad-option` or `bad-exposures`.
   */
  check?(options: OptionsOf<Table>, inputs: InputNames): void;
  /**
   * Looks at what the options name outside of the graph: files, folders, models, providers, network interfaces. Not called where a graph is only
   * shown. What a launch fragment names is looked at without it.
   * @throws GstIplError `missing-file`, `bad-model` or `bad-option`.
   */
  checkFiles?(options: OptionsOf<Table>, inputs: InputNames): void;
  /** GStreamer elements that a stage puts into pipelines of its own: a check refuses a graph for which one is not installed. */
  needs?(options: OptionsOf<Table>): readonly string[];
  /** Files that it reads and writes, where its options name some: no node may write over what another reads. */
  files?(options: OptionsOf<Table>): readonly FileUse[];
  /**
   * Whether a stage takes pictures of 10 bits: those that come so reach it so. `passes`: as far as all who read its output do. `bears`: where another
   * who reads the same wants them. `follows`: takes them where its own readers do, and bears them elsewhere. Without it they come in 8.
   */
  tenBits?(options: OptionsOf<Table>): 'takes' | 'passes' | 'bears' | 'follows' | undefined;
  /** For sources: whether they wait for whoever reads them, so that time that is taken costs no picture. */
  waits?(options: OptionsOf<Table>): boolean;
  /** Its option that names the node whose sound it takes, where it takes one (`StageContext.hears`). */
  readonly soundOption?: string;
  /** The form in which it takes that. */
  soundForm?(options: OptionsOf<Table>): SoundForm;
  /**
   * For sources: where their sound comes from.
   * @throws GstIplError `bad-option` where they cannot have any
   */
  soundOf?(options: OptionsOf<Table>, reading: SoundReading): SoundOrigin;
  /** Names of the branches of the exposure sets that it gives; without it, the nodes that it reads. */
  branches?(options: OptionsOf<Table>): readonly string[];
  /**
   * The element that does the work with these options, where it is another: what GStreamer does by itself as a fragment
   * may need a stage to look after it.
   */
  variant?(options: OptionsOf<Table>): Element | undefined;
}

/** Names of the nodes in front of a node, and of those that a set of exposures is made of. */
export interface InputNames {
  readonly from: readonly string[];
  /** Where `from` is one node that emits exposures: the branches they come from. */
  readonly branches: readonly string[];
}

export interface FragmentElement<Table extends OptionTable = OptionTable> extends ElementBase<Table> {
  readonly kind: 'fragment';
  /** The piece of launch string; no leading or trailing `!`. */
  launch(options: OptionsOf<Table>): string;
}

export interface StageElement<Table extends OptionTable = OptionTable> extends ElementBase<Table> {
  readonly kind: 'stage';
  create(options: OptionsOf<Table>, context: StageContext): Stage;
}

/** An element whatever its options are. */
// oxlint-disable-next-line typescript/no-explicit-any -- only the element's own table knows what its options are
export type Element = FragmentElement<any> | StageElement<any>;

/** An element's options, by name; a name need not be there. */
export function optionTable(element: Element): Readonly<Record<string, Option<unknown> | undefined>> {
  return element.options as OptionTable;
}

/** What a stage knows of its surroundings. */
export interface StageContext {
  /** Name of the graph node. */
  readonly node: string;
  readonly inputs: InputNames;
  /** A warning, in one sentence: something that did not stop the work. What may repeat is a `condition`. */
  warn(message: string): void;
  /** A notice: something that is as it should be, such as where a page is served. */
  notify?(message: string): void;
  /**
   * Reports something that may repeat or last: logged when it begins, now and then, and when it is over,
   * however often it is raised (see ./metrics/conditions.ts). With `degrades`, health shows it meanwhile.
   *
   *     const dirty = context.condition?.('dirty', { holds: true, degrades: true });
   *     if (isDirty(frame)) dirty?.raise('The lens is dirty.');
   *     else dirty?.end('The lens is clean again.');
   */
  readonly condition?: ConditionOf;
  /**
   * Publishes a metric that the element declares in its `metrics`: the whole count of a counter or the present value of a
   * gauge. The graph puts `gst_ipl_` before the name and the label `node` beside it: `report('faces_total', 3, { size:
   * 'small' })` is `gst_ipl_faces_total{node="found",size="small"} 3`. Cheap enough for every picture.
   * @throws GstIplError `bad-usage` for a name that the element does not declare
   */
  report?(name: string, value: number, labels?: Labels): void;
  /** The whole graph at work, for stages that show it. */
  readonly graph?: GraphView;
  /** Whether those who read its frames want 10 bits of them: for sources, and for who can make either. */
  readonly tenBits?: boolean;
  /** Whether all that it reads comes from sources that wait. */
  readonly unhurried?: boolean;
  /** For sources: what running time is now. */
  readonly clock?: GraphClock;
  /** For sources whose sound somebody takes: where to put it, in each form that is asked for, if it comes beside the pictures. */
  readonly givesSound?: readonly SoundLine[] | undefined;
  /** The sound that goes with its pictures: of the node that `soundOption` names. */
  readonly hears?: SoundLine | undefined;
  /** For sources: reports that the stream was lost, or came back. */
  emit?(event: SourceEvent): void;
}

/** A stage at work. The methods are called in the order ready, connect, close. */
export interface Stage {
  /** What may be changed while the graph runs. */
  readonly parameters?: readonly LiveParameter[];
  /** Resolves when the first item can be taken; sources start only then. */
  ready?(): Promise<void>;
  /**
   * Builds the stream; called once. The inputs are in the order of `from`. A stage without output gives what has reached
   * its end, so that it can be counted; nobody reads it.
   */
  connect(inputs: readonly Observable<Item>[]): Observable<Item>;
  /**
   * For stages without output: how many pictures are where they should be, which is less than were taken. Without it, what
   * `connect` gave counts.
   */
  delivered?(): number;
  /** For sources: ends the stream now; the output completes. */
  end?(): void;
  /** Ends what the stage holds (workers, timers). Called once, also after errors. */
  close?(): Promise<void>;
}

/** Types an element's options by its table. Returns its argument. */
export function defineElement<Table extends OptionTable>(element: StageElement<Table>): StageElement<Table>;
export function defineElement<Table extends OptionTable>(element: FragmentElement<Table>): FragmentElement<Table>;
export function defineElement(element: Element): Element {
  return element;
}
