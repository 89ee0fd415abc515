/** Figures that the parts of a graph publish, in Prometheus's data model: counters and gauges with labels. */
import { GstIplError } from './errors';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  /** Names of counters end in `_total`; every other figure is a gauge. */
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** https://prometheus.io/docs/concepts/data_model */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * A graph of fifty nodes has some hundred series. Labels that change with every picture would grow for months; what is
 * over this is not kept.
 */
const MOST_SERIES = 5_000;

export class Metrics {
  readonly #samples = new Map<string, { name: string; labels: Labels; value: number }>();
  readonly #collectors: (() => void)[] = [];

  /** @throws GstIplError `bad-usage` for a name that Prometheus would refuse. */
  set(name: string, value: number, labels: Labels = {}): void {
    const sample = this.#sample(name, labels);
    if (sample) sample.value = value;
  }

  add(name: string, amount: number, labels: Labels = {}): void {
    const sample = this.#sample(name, labels);
    if (sample) sample.value += amount;
  }

  /** Zero for what was never published. */
  get(name: string, labels: Labels = {}): number {
    return this.#samples.get(keyOf(name, labels))?.value ?? 0;
  }

  /** Figures that are made when they are asked for, such as rates, are set in `collect`. */
  onRead(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** By name, those of one name in the order in which they came. */
  read(): Sample[] {
    for (const collect of this.#collectors) collect();
    return [...this.#samples.values()].map((sample) => ({ ...sample })).sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  }

  #sample(name: string, labels: Labels): { value: number } | undefined {
    const key = keyOf(name, labels);
    const known = this.#samples.get(key);
    if (known || this.#samples.size >= MOST_SERIES) return known;
    for (const word of [name, ...Object.keys(labels)]) {
      if (NAME.test(word)) continue;
      throw new GstIplError('bad-usage', `"${word}" cannot be the name of a figure or a label.`, {
        hint: 'Use letters, digits and underscores, as in `frames_total`.',
      });
    }
    const sample = { name, labels: { ...labels }, value: 0 };
    this.#samples.set(key, sample);
    return sample;
  }
}

function keyOf(name: string, labels: Labels): string {
  let key = name;
  for (const label of Object.keys(labels).sort()) key += `\n${label}=${labels[label]}`;
  return key;
}
