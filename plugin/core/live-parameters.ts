/** Parameters of stages that may change while a graph runs, such as the strength of the fusion. */
import { GstIplError } from './errors';
import { suggestion } from './nearest';

interface ParameterBase {
  /** As in `strength`; the graph puts the node's name before it. */
  readonly name: string;
  /** What it does, in one sentence. */
  readonly summary: string;
}

export interface NumberParameter extends ParameterBase {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  /** What a slider moves by; a hundredth of the range where it is not given. */
  readonly step?: number;
  /** As in `EV`. */
  readonly unit?: string;
  readonly default: number;
  get(): number;
  set(value: number): void;
}

export interface BooleanParameter extends ParameterBase {
  readonly kind: 'boolean';
  readonly default: boolean;
  get(): boolean;
  set(value: boolean): void;
}

/** Something that happens once, whenever it is set (to `true`). */
export interface TriggerParameter extends ParameterBase {
  readonly kind: 'trigger';
  set(value: true): void;
}

export type LiveParameter = NumberParameter | BooleanParameter | TriggerParameter;
export type ParameterValue = number | boolean;

export class LiveParameters {
  readonly #parameters = new Map<string, LiveParameter>();

  /** Adds what a node offers. */
  add(node: string, parameters: readonly LiveParameter[] = []): void {
    for (const parameter of parameters) this.#parameters.set(`${node}.${parameter.name}`, parameter);
  }

  /** By `node.name`. */
  entries(): [path: string, parameter: LiveParameter][] {
    return [...this.#parameters];
  }

  /** @throws GstIplError `bad-option` */
  get(path: string): ParameterValue | undefined {
    const parameter = this.#find(path);
    return parameter.kind === 'trigger' ? undefined : parameter.get();
  }

  /**
   * @param path `node.name`, as in `fused.strength`
   * @throws GstIplError `bad-option` saying what may be set
   */
  set(path: string, value: unknown): void {
    const parameter = this.#find(path);
    if (parameter.kind === 'number') {
      const { min, max } = parameter;
      if (typeof value !== 'number' || !(value >= min && value <= max)) throw refused(path, `a number from ${min} to ${max}`, value);
      return parameter.set(value);
    }
    if (parameter.kind === 'boolean') {
      if (typeof value !== 'boolean') throw refused(path, 'true or false', value);
      return parameter.set(value);
    }
    if (value !== true) throw refused(path, 'true', value);
    parameter.set(true);
  }

  #find(path: string): LiveParameter {
    const parameter = this.#parameters.get(path);
    if (parameter) return parameter;
    const hint = suggestion(path, [...this.#parameters.keys()]);
    throw new GstIplError('bad-option', `There is no live parameter "${path}".`, { hint });
  }
}

function refused(path: string, expected: string, value: unknown): GstIplError {
  const shown = (JSON.stringify(value) ?? String(value)).slice(0, 60);
  return new GstIplError('bad-option', `Live parameter "${path}": expected ${expected}, but got ${shown}.`);
}
