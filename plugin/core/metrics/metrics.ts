/** What the parts of a graph publish, in Prometheus's data model: counters, gauges and histograms with labels. */
import { Histogram } from 'prom-client';
import { GstIplError, messageOf } from '../errors';
import { suggestion } from '../nearest';
import { redact } from '../secrets/redact';
import { defineMetrics, type Labels, type MetricDeclaration, type MetricTable } from './metric-table';

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  /** Of a histogram, the newest that was reported. */
  readonly value: number;
  readonly declaration: MetricDeclaration;
}

/** Seconds: from a fraction of a 1080p picture's blend, through one picture at 60, 30 and 25 a second, to a chain that is far behind. */
const BUCKETS = [0.001, 0.002, 0.004, 0.008, 0.0167, 0.0333, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12];

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * A graph of fifty nodes has some hundred series. Labels that change with every picture would grow for months; what is
 * over this is not kept.
 */
const MOST_SERIES = 5_000;

export class Metrics {
  readonly #declarations = new Map<string, MetricDeclaration>();
  readonly #samples = new Map<string, { name: string; labels: Labels; value: number; declaration: MetricDeclaration }>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #collectors: (() => void)[] = [];

  /**
   * Makes names known; the same again is no fault.
   * @param prefix stands before each name
   * @throws GstIplError `bad-usage` for a table that is wrong, or says of a name what another table does not
   */
  declare(table: MetricTable, prefix = ''): void {
    for (const [name, declaration] of Object.entries(defineMetrics(table))) {
      const known = this.#declarations.get(prefix + name);
      const same = !known || (known.kind === declaration.kind && known.loss === declaration.loss && known.partOf === declaration.partOf);
      if (!same) {
        throw new GstIplError('bad-usage', `The metric "${name}" is declared twice, and not alike.`, { hint: 'Give one of them another name.' });
      }
      if (!known) this.#declarations.set(prefix + name, declaration);
    }
  }

  /**
   * Of a histogram, one more value.
   * @throws GstIplError `bad-usage` for a name that was not declared, a label that Prometheus would refuse, or a histogram's labels that were others before
   */
  set(name: string, value: number, labels: Labels = {}): void {
    const sample = this.#sample(name, labels);
    if (!sample) return;
    const { kind } = sample.declaration;
    if (kind === 'counter' && !(value >= 0 && value < Infinity)) throw new GstIplError('bad-usage', `The counter "${name}" cannot be ${value}.`, { hint: 'Counters are numbers of things that were, and only grow.' });
    sample.value = value;
    if (kind === 'histogram') this.#observe(name, value, labels, sample.declaration);
  }

  add(name: string, amount: number, labels: Labels = {}): void {
    const sample = this.#sample(name, labels);
    if (sample) sample.value += amount;
  }

  /** Zero for what was never published. */
  get(name: string, labels: Labels = {}): number {
    return this.#samples.get(keyOf(name, labels))?.value ?? 0;
  }

  /** Metrics that are made when they are asked for, such as rates, are set in `collect`. */
  onRead(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** Of all that was reported of histograms. */
  histograms(): Histogram[] {
    return [...this.#histograms.values()];
  }

  #observe(name: string, value: number, labels: Labels, { help }: MetricDeclaration): void {
    let histogram = this.#histograms.get(name);
    if (!histogram) this.#histograms.set(name, (histogram = new Histogram({ name, help, labelNames: Object.keys(labels), buckets: BUCKETS, registers: [] })));
    try {
      histogram.observe(Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, redact(text)])), value);
    } catch (error) {
      throw new GstIplError('bad-usage', `The histogram "${name}" does not take this: ${messageOf(error)}`, { hint: 'Report numbers, always with the same labels.' });
    }
  }

  /** By name, those of one name in the order in which they came. */
  read(): Sample[] {
    for (const collect of this.#collectors) collect();
    return [...this.#samples.values()].map((sample) => ({ ...sample })).sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  }

  #sample(name: string, labels: Labels): { value: number; readonly declaration: MetricDeclaration } | undefined {
    const key = keyOf(name, labels);
    const known = this.#samples.get(key);
    if (known) return known;
    const declaration = this.#declarations.get(name);
    if (!declaration) {
      throw new GstIplError('bad-usage', `The metric "${name}" is not declared.`, {
        hint: suggestion(name, [...this.#declarations.keys()]) ?? 'Elements declare theirs as `metrics`.',
      });
    }
    if (this.#samples.size >= MOST_SERIES) return undefined;
    const wrong = Object.keys(labels).find((label) => !LABEL.test(label));
    if (wrong !== undefined) {
      throw new GstIplError('bad-usage', `"${wrong}" cannot be the name of a label.`, { hint: 'Use letters, digits and underscores, as in `branch`.' });
    }
    const sample = { name, labels: { ...labels }, value: 0, declaration };
    this.#samples.set(key, sample);
    return sample;
  }
}

/** What one of these counters counts was lost, and is counted by no other of them. */
export function isLoss({ declaration }: Sample): boolean {
  return declaration.loss === true;
}

function keyOf(name: string, labels: Labels): string {
  let key = name;
  for (const label of Object.keys(labels).sort()) key += `\n${label}=${labels[label]}`;
  return key;
}
