/** Which elements there are, by name. */
import { GstIplError } from '../core/errors';
import type { Element } from '../core/element';
import { suggestion } from '../core/nearest';

export class ElementRegistry {
  readonly #elements = new Map<string, Element>();

  constructor(elements: readonly Element[] = []) {
    for (const element of elements) this.add(element);
  }

  /** @throws GstIplError `bad-graph` when the name is taken. */
  add(element: Element): void {
    if (this.#elements.has(element.name)) {
      throw new GstIplError('bad-graph', `There is already an element called "${element.name}".`);
    }
    this.#elements.set(element.name, element);
  }

  get names(): string[] {
    return [...this.#elements.keys()];
  }

  all(): Element[] {
    return [...this.#elements.values()];
  }

  /** @throws GstIplError `bad-graph` with the nearest name when there is no such element. */
  get(name: string): Element {
    const element = this.#elements.get(name);
    if (element) return element;
    throw new GstIplError('bad-graph', `There is no element "${name}".`, { hint: suggestion(name, this.names) });
  }
}
