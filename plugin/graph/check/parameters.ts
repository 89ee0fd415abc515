/** Parameters: `${name}` in a graph file, with values from the file's `params` and from `--set`. */
import type { Problem, Place } from '../../core/errors';
import { GstIplError } from '../../core/errors';
import { escapeLaunchValue } from '../../gstreamer/launch/launch';
import { suggestion } from '../../core/nearest';
import type { GraphDocument } from './document';

const REFERENCE = /\$\$|\$\{([^}]*)\}/g;

export class Parameters {
  readonly #values = new Map<string, string | null>();

  /** @param given values that replace those of the file */
  constructor(document: GraphDocument, given: Readonly<Record<string, string>>, problems: Problem[]) {
    for (const [name, { value }] of document.params) this.#values.set(name, value);
    for (const [name, value] of Object.entries(given)) {
      if (!this.#values.has(name)) {
        problems.push({
          code: 'bad-graph',
          message: `The graph ${document.file} has no parameter "${name}".`,
          place: { file: '--set' },
          hint: suggestion(name, [...this.#values.keys()]),
        });
      }
      this.#values.set(name, value);
    }
  }

  /** Names of the parameters that have this value. */
  namesOf(value: string): string[] {
    return [...this.#values].filter(([, own]) => own === value).map(([name]) => name);
  }

  /**
   * Replaces `${name}` in a value, and in the values inside of lists and maps; `$$` stands for a dollar sign.
   * @param launch whether the value is a launch string, in which parameters are escaped
   */
  resolve(value: unknown, launch: boolean, place: Place, problems: Problem[]): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, launch, place, problems));
    if (value !== null && typeof value === 'object') {
      const entries = Object.entries(value).map(([key, item]) => [key, this.resolve(item, launch, place, problems)]);
      return Object.fromEntries(entries) as unknown;
    }
    if (typeof value !== 'string') return value;
    let end = 0;
    let resolved = '';
    for (const match of value.matchAll(REFERENCE)) {
      const [text, name] = match;
      // What a value is a part of follows from what stands before it, other values included.
      const before = resolved + value.slice(end, match.index);
      end = match.index + text.length;
      const escape = (plain: string): string => (launch ? escapeLaunchValue(plain, before, value.slice(end)) : plain);
      resolved = before + (name === undefined ? '$' : (this.#valueOf(name, escape, place, problems) ?? text));
    }
    return resolved + value.slice(end);
  }

  #valueOf(name: string, escape: (plain: string) => string, place: Place, problems: Problem[]): string | undefined {
    const value = this.#values.get(name);
    const report = (message: string, hint?: string): undefined => {
      problems.push({ code: 'bad-graph', message, place, hint });
      return undefined;
    };
    if (value === undefined) {
      return report(`There is no parameter "${name}".`, suggestion(name, [...this.#values.keys()]));
    }
    if (value === null) return report(`Parameter "${name}" has no value.`, `Give it one: --set ${name}=VALUE`);
    try {
      return escape(value);
    } catch (error) {
      if (!(error instanceof GstIplError)) throw error;
      return report(`Parameter "${name}": ${error.message}`, error.hint);
    }
  }
}
