/**
 * Decides what runs where: which fragments become one GStreamer pipeline, and where pictures cross into Node.
 *
 * Fragments that are joined by an edge share a pipeline, so that pixels between them never leave GStreamer. Pipelines
 * with sources become one, because sources must share one clock. An edge between a fragment and a stage is a crossing:
 * an outlet (out of GStreamer) or an inlet (into it).
 */
import { elementsOf, nameElements } from '../gstreamer/launch/launch';
import { inletLaunch } from '../gstreamer/inlet';
import { outletLaunch } from '../gstreamer/outlet';
import type { Nanoseconds } from '../core/time';
import type { CheckedGraph, CheckedNode } from './checked-graph';
import { counterLaunch } from '../gstreamer/counter';
import { soundOnly, soundsOf, type PlannedSound } from './sounds';
import { readInTenBits } from './ten-bits';
import { unhurriedNodes } from './unhurried';
import { upstreamFirst } from './walk';

export interface PlannedOutlet {
  readonly node: string;
  /** Name of the appsink. */
  readonly element: string;
  /** Several stages read it. */
  readonly shared: boolean;
}

export interface PlannedInlet {
  /** The stage that the frames come from. */
  readonly from: string;
  /** Name of the appsrc. */
  readonly element: string;
}

export interface PlannedPipeline {
  readonly name: string;
  readonly launch: string;
  /** The launch string without names given for bookkeeping, as people read it. */
  readonly readable: string;
  /** Node names of its fragments. */
  readonly nodes: readonly string[];
  /** Which node an element belongs to, by the element's name. */
  readonly owners: ReadonlyMap<string, string>;
  readonly outlets: readonly PlannedOutlet[];
  /** At most one: a fragment has one input, and everything behind it is a tree. */
  readonly inlet: PlannedInlet | undefined;
  /** Nodes that end a stream inside GStreamer. */
  readonly sinks: readonly string[];
  /** What counts the pictures in front of each of them, by the element's name. */
  readonly counters: readonly { readonly node: string; readonly element: string }[];
  /**
   * Elements that must not wait for a first picture before the pipeline runs: with several ends, one of them may only
   * get its first after another has got many.
   */
  readonly unsynchronizedStart: readonly string[];
}

/** Of the files of a run: ./run/part.ts. */
export interface Part {
  readonly from: Nanoseconds;
  /** That time is none of it any more; undefined for the end of the files. */
  readonly until: Nanoseconds | undefined;
  /** Read before it, and behind it. */
  readonly leadIn: Nanoseconds;
  readonly leadOut: Nanoseconds;
}

export interface Plan {
  readonly file: string;
  /** Pipelines with inlets first, the one with the sources last: the order in which they are started. */
  readonly pipelines: readonly PlannedPipeline[];
  /** In the order in which pictures pass through them. */
  readonly stages: readonly CheckedNode[];
  /** All nodes, in the order of the file. */
  readonly nodes: readonly CheckedNode[];
  /** Nodes whose frames may have 10 bits, if they come so. */
  readonly tenBits: ReadonlySet<string>;
  /** Nodes that nobody hurries. */
  readonly unhurried: ReadonlySet<string>;
  /** Of the nodes whose sound somebody takes. */
  readonly sounds: readonly PlannedSound[];
  /** Of its files, where that is not all. */
  readonly part?: Part | undefined;
}

export function planGraph(whole: CheckedGraph): Plan {
  const sounds = soundsOf(whole);
  const onlyHeard = soundOnly(whole.nodes, sounds);
  const graph = { ...whole, nodes: whole.nodes.filter(({ name }) => !onlyHeard.has(name)) };
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const isFragment = (name: string): boolean => nodes.get(name)?.element.kind === 'fragment';
  const roots = graph.nodes.filter((node) => node.element.kind === 'fragment' && !node.from.some(isFragment));
  const sources = roots.filter(({ from }) => from.length === 0);
  const fed = roots.filter(({ from }) => from.length > 0);
  // Fragments fed by the same stage share a pipeline as well: the frame crosses once.
  const groups = [...groupBy(fed, ({ from }) => from[0] ?? '').values()];
  const pipelines = groups.map((group, index) => planPipeline(`output${index + 1}`, group, graph));
  if (sources.length > 0) pipelines.push(planPipeline('input', sources, graph));
  return { file: graph.file, pipelines, stages: upstreamFirst(graph.nodes).filter(({ element }) => element.kind === 'stage'), nodes: whole.nodes, tenBits: readInTenBits(graph), unhurried: unhurriedNodes(graph), sounds };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function planPipeline(name: string, roots: readonly CheckedNode[], graph: CheckedGraph): PlannedPipeline {
  const builder = new PipelineBuilder(graph);
  const from = roots[0]?.from[0];
  if (from === undefined) for (const root of roots) builder.addChain(root, '', '');
  else builder.addInlet(from, roots);
  return builder.build(name, from);
}

/** A few pictures for each branch of a tee, so that branches do not wait for one another picture by picture. */
const BRANCH_QUEUE = 'queue max-size-buffers=8 max-size-bytes=0 max-size-time=0';

class PipelineBuilder {
  readonly #graph: CheckedGraph;
  readonly #byName: ReadonlyMap<string, CheckedNode>;
  readonly #tenBits: ReadonlySet<string>;
  readonly #chains: string[] = [];
  readonly #readable: string[] = [];
  readonly #owners = new Map<string, string>();
  readonly #nodes: string[] = [];
  readonly #outlets: PlannedOutlet[] = [];
  readonly #sinks: string[] = [];
  readonly #counters: { readonly node: string; readonly element: string }[] = [];
  readonly #sinkElements: string[] = [];
  /** What is left to do, the next at the end: no recursion, because chains may be of any length. */
  readonly #tasks: (() => void)[] = [];

  constructor(graph: CheckedGraph) {
    this.#graph = graph;
    this.#tenBits = readInTenBits(graph);
    this.#byName = new Map(graph.nodes.map((node) => [node.name, node]));
  }

  addInlet(from: string, roots: readonly CheckedNode[]): void {
    const head = inletLaunch(inletName(from));
    this.#branch(from, this.#own(head, inletName(from), roots[0]?.name ?? from), head, roots, false);
    this.#work();
  }

  /** What the planner adds belongs to a node, too: when it fails, people want to hear of theirs. */
  #own(launch: string, prefix: string, node: string): string {
    const named = nameElements(launch, prefix);
    for (const name of named.names) this.#owners.set(name, node);
    return named.launch;
  }

  /** Adds a node and all fragments behind it. */
  addChain(node: CheckedNode, head: string, readableHead: string): void {
    this.#chain(node, head, readableHead);
    this.#work();
  }

  #work(): void {
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) task();
  }

  #chain(node: CheckedNode, head: string, readableHead: string): void {
    const launch = this.#own(node.launch ?? '', node.name, node.name);
    this.#nodes.push(node.name);
    const readable = join(readableHead, node.launch ?? '');
    const consumers = this.#graph.nodes.filter(({ from }) => from.includes(node.name));
    if (node.element.output === 'none') {
      const counter = counterName(node.name);
      this.#counters.push({ node: node.name, element: counter });
      this.#owners.set(counter, node.name);
      this.#sinks.push(node.name);
      this.#sinkElements.push(...elementsOf(launch).flatMap(({ name }) => name ?? []).slice(-1));
      this.#chains.push(join(join(head, counterLaunch(counter)), launch));
      this.#readable.push(readable);
      return;
    }
    const text = join(head, launch);
    const fragments = consumers.filter(({ element }) => element.kind === 'fragment');
    const stages = consumers.filter(({ element }) => element.kind === 'stage');
    if (stages.length > 0) {
      this.#outlets.push({ node: node.name, element: outletName(node.name), shared: stages.length > 1 });
    }
    this.#branch(node.name, text, readable, fragments, stages.length > 0);
  }

  build(name: string, from: string | undefined): PlannedPipeline {
    const ends = this.#sinks.length + this.#outlets.length;
    return {
      name,
      launch: this.#chains.join('  '),
      readable: this.#readable.join('\n'),
      nodes: this.#nodes,
      owners: this.#owners,
      outlets: this.#outlets,
      inlet: from === undefined ? undefined : { from, element: inletName(from) },
      sinks: this.#sinks,
      counters: this.#counters,
      unsynchronizedStart: ends > 1 ? this.#sinkElements : [],
    };
  }

  /** Leads one stream to several ends, by a tee where there is more than one. */
  #branch(name: string, head: string, readableHead: string, fragments: readonly CheckedNode[], outlet: boolean): void {
    const ends = fragments.length + (outlet ? 1 : 0);
    if (ends <= 1) {
      for (const fragment of fragments) this.#tasks.push(() => this.#chain(fragment, head, readableHead));
      if (outlet) this.#end(name, head, readableHead);
      return;
    }
    const tee = `${name}_tee`;
    this.#owners.set(tee, name);
    this.#chains.push(`${head} ! tee name=${tee}`);
    this.#readable.push(`${readableHead} ! tee name=${tee}`);
    const branch = `${tee}. ! ${BRANCH_QUEUE}`;
    const tasks = fragments.map((fragment) => () => this.#chain(fragment, this.#own(branch, `${fragment.name}_branch`, fragment.name), branch));
    if (outlet) tasks.push(() => this.#end(name, this.#own(branch, `${name}_outlet_branch`, name), branch));
    this.#tasks.push(...tasks.reverse());
  }

  /** The fragments that pictures pass up to a node's end, back to their source or to where they came out of Node. */
  #wayTo(name: string): string {
    const way: string[] = [];
    let at: string | undefined = name;
    while (at !== undefined) {
      const node = this.#byName.get(at);
      way.unshift(node?.element.kind === 'fragment' ? (node.launch ?? '') : inletLaunch(inletName(at)));
      at = node?.element.kind === 'fragment' ? node.from[0] : undefined;
    }
    return way.join(' ! ');
  }

  #end(name: string, head: string, readableHead: string): void {
    const tail = outletLaunch(outletName(name), this.#wayTo(name), this.#tenBits.has(name));
    this.#chains.push(join(head, this.#own(tail, outletName(name), name)));
    this.#readable.push(join(readableHead, tail));
  }
}

const outletName = (node: string): string => `${node}_outlet`;
const counterName = (node: string): string => `${node}_counter`;
const inletName = (node: string): string => `${node}_inlet`;

function join(head: string, tail: string): string {
  return head === '' ? tail : `${head} ! ${tail}`;
}
