/** Figures that the parts of a graph publish, in Prometheus's data model: counters and gauges with labels. */
import { GstIplError } from '../errors';
import { suggestion } from '../nearest';
import { defineMetrics, type Labels, type MetricDeclaration, type MetricTable } from './metric-table';

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  readonly declaration: MetricDeclaration;
}

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * A graph of fifty nodes has some hundred series. Labels that change with every picture would grow for months; what is
 * over this is not kept.
 */
const MOST_SERIES = 5_000;

export class Metrics {
  readonly #declarations = new Map<string, MetricDeclaration>();
  readonly #samples = new Map<string, { name: string; labels: Labels; value: number; declaration: MetricDeclaration }>();
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

  /** @throws GstIplError `bad-usage` for a name that was not declared, or a label that Prometheus would refuse. */
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
