/** A graph file as it was written, with the place of everything in it. YAML; JSON is a part of YAML. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import { GraphError, type Place, type Problem } from '../../core/errors';
import { nearest, suggestion } from '../../core/nearest';
import { duplicateProblems, syntaxProblem } from './yaml-errors';

export interface Written<T> {
  readonly value: T;
  readonly place: Place;
  /** Characters of the file that hold it. */
  readonly range: readonly [start: number, end: number];
}

export interface WrittenNode {
  readonly name: Written<string>;
  readonly use: Written<string>;
  readonly from: readonly Written<string>[];
  readonly options: ReadonlyMap<string, Written<unknown> & { readonly namePlace: Place }>;
}

export interface GraphDocument {
  readonly file: string;
  readonly text: string;
  /** Parameters; null where a value must be given. */
  readonly params: ReadonlyMap<string, Written<string | null>>;
  readonly nodes: readonly WrittenNode[];
  /** Names of nodes whose text is no node; what is wrong with it is among the problems. */
  readonly brokenNodes: readonly string[];
  /** What is wrong with the structure; the rest can be checked all the same. */
  readonly problems: readonly Problem[];
  /** Line and column of a character of the file. */
  placeAt(offset: number): Place;
}

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const TOP_LEVEL = ['params', 'nodes'] as const;

/**
 * Reads the structure of a graph file; names of elements and options are the check's business.
 * @param located whether somebody has written these lines; else places name the file alone
 * @throws GraphError where the text is no YAML, so that nothing can be said of what it means
 */
export function parseGraph(text: string, file: string, located = true): GraphDocument {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    if (!located) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const fatal = syntaxProblem(yaml, text, placeAt);
  if (fatal) throw new GraphError([fatal]);

  const problems = duplicateProblems(yaml, placeAt);
  const reader = new Reader(problems, placeAt);
  const sections = readSections(reader, reader.map(yaml.contents, 'A graph file', 0));
  const params = reader.params(sections.get('params'));
  const nodes = reader.nodes(sections.get('nodes'));
  return { file, text, params, nodes, brokenNodes: reader.brokenNodes, problems, placeAt };
}

/** The sections by name; one that is misspelt counts as what it was meant to be, so that what is in it is checked, too. */
function readSections(reader: Reader, top: YAMLMap | undefined): Map<string, Node> {
  const sections = new Map<string, Node>();
  for (const [key, place, { value }] of reader.pairs(top)) {
    const known = TOP_LEVEL.find((name) => name === key);
    if (key === '$schema') continue;
    if (!known) reader.problem(place, `There is no section "${key}".`, suggestion(key, TOP_LEVEL));
    const meant = known ?? nearest(key, TOP_LEVEL.filter((name) => !top?.has(name)));
    if (meant !== undefined && value && !sections.has(meant)) sections.set(meant, value as Node);
  }
  return sections;
}

class Reader {
  readonly brokenNodes: string[] = [];

  constructor(
    private readonly problems: Problem[],
    private readonly placeAt: (offset: number) => Place,
  ) {}

  problem(place: Place, message: string, hint?: string): void {
    this.problems.push({ code: 'bad-graph', message, place, hint });
  }

  map(node: Node | null | undefined, what: string, offset: number): YAMLMap | undefined {
    if (isMap(node)) return node;
    this.problem(this.placeAt(node?.range?.[0] ?? offset), `${what} must be a map of names to values.`);
    return undefined;
  }

  *pairs(map: YAMLMap | undefined): Generator<[key: string, place: Place, pair: Pair]> {
    for (const pair of map?.items ?? []) {
      const key = pair.key as Node;
      yield [String(isScalar(key) ? key.value : key), this.placeAt(key.range?.[0] ?? 0), pair];
    }
  }

  written<T>(node: Node | null | undefined, value: T, fallback: Place): Written<T> {
    const [start, end] = node?.range ?? [0, 0];
    return { value, place: node?.range ? this.placeAt(start) : fallback, range: [start, end] };
  }

  params(node: Node | undefined): Map<string, Written<string | null>> {
    const params = new Map<string, Written<string | null>>();
    if (!node) return params;
    for (const [name, place, { value }] of this.pairs(this.map(node, '"params"', 0))) {
      if (!NAME.test(name)) this.problem(place, `"${name}" cannot be a parameter name.`, NAME_HINT);
      const scalar = value as Node | null;
      if (scalar && !isScalar(scalar)) this.problem(place, `Parameter "${name}" must be one value.`);
      const plain = isScalar<string | number | boolean | null>(scalar) ? scalar.value : null;
      const text = plain === null ? null : String(plain);
      params.set(name, this.written(scalar, text, place));
    }
    return params;
  }

  nodes(node: Node | undefined): WrittenNode[] {
    if (!node) {
      this.problem(this.placeAt(0), 'The graph has no "nodes".', 'See `gst-ipl elements` for what a node can be.');
      return [];
    }
    const nodes: WrittenNode[] = [];
    for (const [name, place, { key, value }] of this.pairs(this.map(node, '"nodes"', 0))) {
      if (!NAME.test(name)) this.problem(place, `"${name}" cannot be a node name.`, NAME_HINT);
      const body = this.map(value as Node | null, `Node "${name}"`, (key as Node).range?.[0] ?? 0);
      if (body) nodes.push(this.node(this.written(key as Node, name, place), body));
      else this.brokenNodes.push(name);
    }
    if (nodes.length + this.brokenNodes.length === 0) this.problem(this.placeAt(node.range?.[0] ?? 0), 'The graph has no nodes.');
    return nodes;
  }

  node(name: Written<string>, body: YAMLMap): WrittenNode {
    let use = this.written<string>(undefined, '', name.place);
    let from: Written<string>[] = [];
    const options = new Map<string, Written<unknown> & { namePlace: Place }>();
    for (const [key, place, pair] of this.pairs(body)) {
      const value = pair.value as Node | null;
      if (key === 'use') use = this.written(value, isScalar(value) ? String(value.value) : '', place);
      else if (key === 'from') from = this.from(value, name.value, place);
      else options.set(key, { ...this.written(value, value ? value.toJSON() as unknown : null, place), namePlace: place });
    }
    if (use.value === '') {
      this.problem(name.place, `Node "${name.value}" does not say which element to use.`, 'Add `use: ELEMENT`.');
    }
    return { name, use, from, options };
  }

  from(value: Node | null, node: string, place: Place): Written<string>[] {
    const names = isSeq(value) ? (value.items as Node[]) : [value];
    return names.map((item) => {
      if (isScalar(item) && typeof item.value === 'string') return this.written(item, item.value, place);
      this.problem(place, `"from" of node "${node}" must be a node name or a list of them.`);
      return this.written(item, '', place);
    });
  }
}

const NAME_HINT = 'Names begin with a letter and go on with letters, digits and underscores.';
